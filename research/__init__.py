"""The trial's transactional life: projects, sites, subjects, workflow, tasks, forms and reads."""
