package import Observability

/// How the database's jobs get to Redis, in numbers.
package final class DispatchMetrics: Sendable {
    let dispatched: Counter
    let untold: Counter
    let sweeps: Counter
    let reconciliations: Counter
    let redispatched: Counter
    let reseedings: Counter
    let ticks: Counter

    package init(_ metrics: Metrics) {
        dispatched = metrics.counter(
            "scorable_jobs_dispatched_total", "Jobs that Redis was told of, some of them more than once.")
        untold = metrics.counter(
            "scorable_jobs_untold_total", "Jobs that Redis could not be told of at once; they follow by the sweep.")
        sweeps = metrics.counter(
            "scorable_job_sweeps_total", "Rounds in which jobs were found that Redis was not told of.")
        reconciliations = metrics.counter(
            "scorable_job_reconciliations_total",
            "Complete comparisons of the database's open jobs with those of Redis.")
        redispatched = metrics.counter(
            "scorable_jobs_redispatched_total", "Jobs that Redis had lost and was given again.")
        reseedings = metrics.counter("scorable_job_reseedings_total", "Times that Redis was filled again.")
        ticks = metrics.counter("scorable_job_ticks_total", "Jobs that were made because their schedule came.")
    }
}
