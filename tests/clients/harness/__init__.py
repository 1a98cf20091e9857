"""What the client scenarios stand on: the server under test, the two client libraries behind one face, the table."""
