-- How much work of all companies waits, and since when; what failed lately. Tells nothing but figures.
CREATE FUNCTION rappen_work_waiting(since timestamptz)
RETURNS TABLE (kind text, waiting bigint, oldest timestamptz, failed bigint)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
    SELECT 'jobs', count(*) FILTER (WHERE state = 'waiting'),
           min(coalesce(heartbeat_at, created_at)) FILTER (WHERE state IN ('waiting', 'running')),
           count(*) FILTER (WHERE state = 'failed')
    FROM public.erp_job WHERE state IN ('waiting', 'running') OR state = 'failed' AND finished_at >= since
    UNION ALL
    SELECT 'mails', count(*) FILTER (WHERE state IN ('queued', 'sending')),
           min(queued_at) FILTER (WHERE state IN ('queued', 'sending')),
           count(*) FILTER (WHERE state IN ('failed', 'refused', 'unclear'))
    FROM public.erp_outgoingmail
    WHERE state IN ('queued', 'sending') OR state IN ('failed', 'refused', 'unclear') AND queued_at >= since
$$;
REVOKE ALL ON FUNCTION rappen_work_waiting(timestamptz) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION rappen_work_waiting(timestamptz) TO rappen_app;
