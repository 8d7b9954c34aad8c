/// The time as of the last tick of a pool: good to a second, and free.
///
/// Confined to the loop of its pool, like all that reads it.
final class CoarseClock {
    var now = ContinuousClock.now
}
