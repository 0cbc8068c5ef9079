"""Forms and what becomes of answers: item kinds, definitions, evaluation."""
