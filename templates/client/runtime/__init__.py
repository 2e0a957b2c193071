"""What is the same for every API: requests, replies, errors, paging. Imports nothing generated."""
