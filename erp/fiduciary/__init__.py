"""The fiduciary's cockpit (Treuhand): what is due in all mandates, checklists, questions, bulk acts."""
