"""Who visitors are to the mall: log-ins, apps, cards, payments, and the profiles they make."""
