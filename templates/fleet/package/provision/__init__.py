"""New runners: names, handles, tokens and hosted runners, as far as no request is sent."""
