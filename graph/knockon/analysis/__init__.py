"""The questions: impact, exposure, explanation, profile, chains, evidence."""
