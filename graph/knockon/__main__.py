"""``python -m knockon``."""

from knockon.cli import main

if __name__ == "__main__":
    main()
