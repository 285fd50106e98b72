"""The server for assistants: read-only tools of the Model Context Protocol on one graph; see docs/how-to/assistants.md."""
