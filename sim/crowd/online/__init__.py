"""What is ordered online, as it happens in the mall."""
