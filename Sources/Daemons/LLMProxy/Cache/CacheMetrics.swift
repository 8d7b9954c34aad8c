internal import Observability

/// What is counted of answers that are given again.
struct CacheMetrics: Sendable {
    /// How a look-up ended.
    enum Lookup: String, CaseIterable, Sendable {
        case hit
        case miss
        case unavailable
    }

    /// What became of an answer that could be kept.
    enum Keeping: String, CaseIterable, Sendable {
        case kept
        case tooLarge = "too_large"
        case unavailable
    }

    let lookups: CounterSet<Lookup>
    let kept: CounterSet<Keeping>
    let saved: Counter

    init(_ metrics: Metrics) {
        lookups = metrics.counters(
            "scorable_llm_cache_lookups_total", "Questions that may have been answered before, by what was found.",
            by: "result", of: Lookup.self)
        let hits = lookups[.hit]
        metrics.counter("scorable_cache_hits_total", "Questions that were given an answer again.") {
            Double(hits.value)
        }
        kept = metrics.counters(
            "scorable_llm_cache_answers_total", "Answers that may be given again, by what became of them.",
            by: "result", of: Keeping.self)
        saved = metrics.counter(
            "scorable_llm_cache_saved_nanodollars_total",
            "What answers had cost that were given again, in billionths of a US dollar.")
    }
}
