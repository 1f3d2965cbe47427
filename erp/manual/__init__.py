"""The manual (Handbuch): its pages, their order, what finds them, and the book they make."""
