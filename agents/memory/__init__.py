"""What people remember, part by part: recency, messages, other malls, life cycle, value, liked stores."""
