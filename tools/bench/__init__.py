"""``make bench``: how long things take, beside the same work in plain SQL, in the same run."""
