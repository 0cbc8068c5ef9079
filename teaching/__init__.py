"""Case libraries, collections and quizzes: the name is kept for them, nothing is built yet."""
