/// How often what is done, and how much at once.
package struct DispatchingSettings: Sendable {
    /// How often it is looked for jobs that nobody told Redis of, for schedules that have come, and for batches that want
    /// jobs; right again while there is much to do.
    package var interval: Duration = .milliseconds(500)
    /// Jobs younger than this are left to whoever accepted them.
    package var sweepAge: Duration = .seconds(1)
    /// How many jobs of a batch Redis has at most; it is given more when half of them are done.
    package var window = 1000
    /// How long one comparison of all open jobs with those of Redis takes at least.
    package var reconcileCycle: Duration = .seconds(30)
    /// How often is looked whether Redis has lost everything.
    package var epochInterval: Duration = .seconds(1)
    /// How long those who run jobs have to say so when Redis begins anew, before what ran is given to whoever is free.
    package var adoption: Duration = .seconds(2)
    /// How often decisions of operators are told to Redis again.
    package var controlInterval: Duration = .seconds(5)
    /// How often the figures of Redis are copied.
    package var minuteInterval: Duration = .seconds(20)
    package var retention = JobRetention()
    /// How often is looked for what is old enough to be forgotten.
    package var retentionInterval: Duration = .seconds(300)

    package init() {}
}
