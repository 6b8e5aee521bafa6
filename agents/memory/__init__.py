"""What people remember, part by part: recency, often or seldom, the norm, messages, other malls, life cycle, value, liked stores."""
