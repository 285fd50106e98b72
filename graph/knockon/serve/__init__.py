"""The HTTP server: SPARQL 1.1 Protocol, a JSON API and pages, on one store; see docs/how-to/serve.md."""
