import FoundationEssentials
import Screens
import Terminal
import WireAPI

/// Made-up queues, jobs, batches, workers and schedules, the same in every run.
extension Samples {
    static let acme = OperatorNamed(id: uuid(2), name: "Acme")
    static let support = OperatorNamed(id: projectID, name: "support")

    static func control(
        _ subject: String, paused: Bool = false, concurrency: Int? = nil, weight: Int = 1
    ) -> OperatorQueueControl {
        let isDecided = paused || concurrency != nil || weight != 1
        return OperatorQueueControl(
            subject: subject, isPaused: paused, concurrency: concurrency, weight: weight,
            updatedAt: isDecided ? now.addingTimeInterval(-1440) : nil, updatedBy: isDecided ? ada : nil)
    }

    static func series(_ depth: Int, buckets: Int = 60, seconds: Int = 60) -> OperatorQueueSeries {
        func wave(_ index: Int, _ height: Int) -> Int { height * (60 + (index * 37) % 41 + index) / 120 }
        return OperatorQueueSeries(
            from: now.addingTimeInterval(-Double(buckets * seconds)), bucketSeconds: seconds,
            enqueued: (0..<buckets).map { wave($0, depth / 8 + 3) },
            started: (0..<buckets).map { wave($0, depth / 9 + 2) },
            finished: (0..<buckets).map { wave($0, depth / 9 + 2) },
            failed: (0..<buckets).map { $0 % 17 == 3 ? depth / 40 : 0 },
            dead: (0..<buckets).map { $0 % 29 == 7 ? 1 : 0 },
            depth: (0..<buckets).map { $0 == 20 ? nil : wave($0, depth) },
            waitP50Ms: (0..<buckets).map { depth == 0 ? nil : Double(512 + $0 * 40) },
            waitP95Ms: (0..<buckets).map { depth == 0 ? nil : Double(4096 + $0 * 300) },
            runP50Ms: (0..<buckets).map { depth == 0 ? nil : Double(1024 + $0 % 7 * 64) },
            runP95Ms: (0..<buckets).map { depth == 0 ? nil : Double(4096 + $0 % 5 * 512) })
    }

    static func queue(
        _ name: String, waiting: Int, running: Int, dead: Int = 0, control: OperatorQueueControl? = nil,
        seconds: Double? = 1120
    ) -> OperatorQueue {
        OperatorQueue(
            name: name, summary: name == "evaluations" ? "Items of batches, and whatever else calls models." : nil,
            waiting: waiting, scheduled: waiting / 30, running: running, dead: dead,
            oldestSeconds: waiting > 0 ? Double(waiting % 900 + 5) : nil, enqueuedPerSecond: Double(waiting) / 14,
            finishedPerSecond: Double(running), wait: OperatorLatency(p50Ms: 2_100, p95Ms: 12_400, p99Ms: 20_000),
            run: OperatorLatency(p50Ms: 1_100, p95Ms: 4_800, p99Ms: 9_000), finishedLastHour: running * 3600,
            failedLastHour: dead * 71, deadLastHour: dead, control: control ?? Samples.control("queue:\(name)"),
            forecast: OperatorForecast(
                seconds: waiting > 0 ? seconds : 0,
                basis: seconds == nil ? "More comes in than goes out." : "At the pace of the last five minutes.",
                remaining: waiting, inPerSecond: 1.4, outPerSecond: 2.2, windowSeconds: 300), hour: series(waiting))
    }

    static func queues(evaluations: Int = 812) -> OperatorQueueList {
        OperatorQueueList(
            results: [
                queue("background", waiting: 12, running: 8),
                queue(
                    "evaluations", waiting: evaluations, running: 40, dead: 3,
                    control: control("queue:evaluations", concurrency: 40)),
                queue("interactive", waiting: 0, running: 2),
                queue(
                    "maintenance", waiting: 4, running: 0, control: control("queue:maintenance", paused: true),
                    seconds: nil),
            ], countedAt: now, complaint: nil, runsInstallation: true, eventsThrough: "5-0")
    }

    static let queueDetail = OperatorQueueDetail(
        queue: queues().results[1], window: .hour, series: series(812),
        tenants: [
            OperatorQueueTenant(
                organization: acme, project: support, waiting: 640, running: 20, oldestSeconds: 852, share: 0.5,
                organizationControl: control("organization:\(uuid(2).uuidString.lowercased())"),
                projectControl: control("project:\(projectID.uuidString.lowercased())", weight: 3)),
            OperatorQueueTenant(
                organization: OperatorNamed(id: uuid(77), name: "Globex"),
                project: OperatorNamed(id: uuid(78), name: "rag"),
                waiting: 172, running: 20, oldestSeconds: 41, share: 0.5,
                organizationControl: control("organization:\(uuid(77).uuidString.lowercased())", paused: true),
                projectControl: control("project:\(uuid(78).uuidString.lowercased())")),
            OperatorQueueTenant(
                organization: nil, project: nil, waiting: 0, running: 0, oldestSeconds: nil, share: 0,
                organizationControl: control("organization:none"), projectControl: nil),
        ], tenantsAreCut: false,
        limits: [
            OperatorQueueLimit(
                subject: "provider:openai", name: nil, concurrency: 32, running: 32, parked: 2,
                blockedUntil: now.addingTimeInterval(12), reason: "openai answered 429 and wants no call for 12 s.",
                isPaused: false),
            OperatorQueueLimit(
                subject: "key:\(uuid(90).uuidString.lowercased())", name: "anthropic production", concurrency: nil,
                running: 8, parked: 0, blockedUntil: nil, reason: nil, isPaused: false),
        ],
        kinds: [OperatorJobCount(name: "evaluation", count: 840), OperatorJobCount(name: "export", count: 12)],
        countedAt: now)

    // MARK: Jobs

    private static let jobStates: [OperatorJobState] = [
        .running, .waiting, .scheduled, .waiting, .dead, .finished, .waiting, .cancelled,
    ]

    /// The job of a number; higher ones are older.
    static func job(_ number: Int, state: OperatorJobState? = nil) -> OperatorJobRow {
        let state = state ?? jobStates[abs(number) % jobStates.count]
        let made = now.addingTimeInterval(-Double(number * 3 + 20))
        let hasRun = state != .waiting
        let hasFailed = state == .dead || state == .scheduled
        return OperatorJobRow(
            id: uuid(0x50_0000 - number), kind: number % 5 == 4 ? "export" : "evaluation", queue: "evaluations",
            priority: 2,
            state: state, organization: acme, project: support, batchID: uuid(0x6000), batchIndex: number,
            scheduleID: nil, attempt: hasRun ? 3 : 0, failures: hasFailed ? state == .dead ? 5 : 2 : 0, crashes: 0,
            maxAttempts: 5, createdAt: made,
            runAt: state == .scheduled ? now.addingTimeInterval(8) : made,
            startedAt: hasRun ? made.addingTimeInterval(9) : nil,
            endedAt: state.isOver ? made.addingTimeInterval(12.4) : nil, worker: hasRun ? "w-07" : nil,
            errorClass: hasFailed ? "rate_limited" : nil,
            error: hasFailed ? "openai answered 429: retry after 8 s" : nil)
    }

    static func jobs(_ numbers: Range<Int>, next: String? = "older", state: OperatorJobState? = nil) -> OperatorJobPage
    {
        OperatorJobPage(results: numbers.map { job($0, state: state) }, next: next, eventsThrough: "5-0")
    }

    static func jobCounts(waiting: Int = 812) -> OperatorJobCounts {
        OperatorJobCounts(
            states: [
                OperatorJobCount(name: "waiting", count: waiting), OperatorJobCount(name: "scheduled", count: 27),
                OperatorJobCount(name: "running", count: 40), OperatorJobCount(name: "finished", count: 12_345),
                OperatorJobCount(name: "dead", count: 3),
            ], isCut: waiting >= 100_000)
    }

    static func jobDetail(_ row: OperatorJobRow) -> OperatorJobDetail {
        let made = row.createdAt
        func moment(
            _ seconds: Double, _ kind: OperatorJobDetail.Kind, attempt: Int? = nil, error: String? = nil,
            took: Double? = nil, _ summary: String
        ) -> OperatorJobDetail.Moment {
            .init(
                at: made.addingTimeInterval(seconds), kind: kind, attempt: attempt,
                worker: attempt == nil ? nil : "w-07", errorClass: error, summary: summary, seconds: took)
        }
        return OperatorJobDetail(
            job: row,
            explanation: row.state == .dead
                ? "It was given up: five attempts failed, the last because openai answered 429."
                : "About 120 jobs are before it in evaluations; provider openai is rate limited for 12 s.",
            position: row.state == .waiting ? 120 : nil,
            timeline: [
                moment(0, .accepted, "Accepted with batch Nightly regression of the support assistant."),
                moment(0.4, .dispatched, "Handed to those who run jobs."),
                moment(9, .started, attempt: 1, "Begun."),
                moment(
                    12.1, .failed, attempt: 1, error: "rate_limited", took: 3.1, "openai answered 429: retry after 8 s"),
                moment(15.2, .started, attempt: 2, "Begun."),
                moment(23.2, .lost, attempt: 2, took: 8, "Its worker was not heard of for 4 s."),
                moment(
                    row.state == .dead ? 31 : row.runAt.timeIntervalSince(made), row.state == .dead ? .dead : .due,
                    row.state == .dead ? "Given up after five attempts." : "May run."),
            ], timelineIsCut: false, limits: ["provider:openai"], timeoutSeconds: 120, uniqueKey: nil,
            traceParent: "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01",
            payload: [
                .init(name: "evaluator", value: "Faithfulness"), .init(name: "item", value: "412 of 100,000"),
                .init(name: "execution_id", value: uuid(100_003).uuidString.lowercased()),
            ], isContentHidden: false, batchName: "Nightly regression", scheduleName: nil,
            actions: OperatorJobAction.allCases.filter { $0.states.contains(row.state) })
    }

    static let deadLetters: OperatorDeadLetters = {
        func group(_ number: Int, _ errorClass: String, _ cause: String, _ count: Int) -> OperatorDeadLetters.Group {
            .init(
                queue: number == 2 ? "background" : "evaluations", kind: number == 2 ? "export" : "evaluation",
                errorClass: errorClass, cause: cause, count: count, firstAt: now.addingTimeInterval(-7200),
                lastAt: now.addingTimeInterval(-Double(60 * (number + 1))), sample: job(4 + number * 8),
                filter: [
                    .init(name: "state", value: "dead"), .init(name: "error_class", value: errorClass),
                    .init(name: "cause", value: cause),
                ])
        }
        return OperatorDeadLetters(
            groups: [
                group(0, "rate_limited", "openai answered #: retry after # s", 188),
                group(1, "timeout", "azure-gpt did not answer within # s", 21),
                group(2, "internal", "the object store answered \"…\"", 5),
            ], count: 214, isCut: false, countedAt: now)
    }()

    // MARK: Batches

    static func batch(
        _ number: Int, state: OperatorBatch.State = .open, done: Int = 79_000, dead: Int = 900
    ) -> OperatorBatch {
        let isOver = state == .ended
        let cancelled = 100
        return OperatorBatch(
            id: uuid(0x6000 + number), organization: acme, project: support, owner: ada, kind: "evaluation_batch",
            name: ["Nightly regression", "Prompt 12 against 11", "Import check"][number % 3], state: state,
            total: 100_000,
            waiting: 100_000 - done - dead - cancelled, running: isOver ? 0 : 40, finished: done, dead: dead,
            cancelled: cancelled, expanded: 100_000, costNanodollars: Int64(done) * 410_000,
            estimatedCostNanodollars: number == 2 ? nil : 43_000_000_000, tags: ["nightly"],
            createdAt: now.addingTimeInterval(-5400 * Double(number + 1)), startedAt: now.addingTimeInterval(-5300),
            endedAt: isOver ? now.addingTimeInterval(-900) : nil,
            forecast: OperatorForecast(
                seconds: isOver ? nil : 1330, basis: isOver ? "It has ended." : "At the pace of the last five minutes.",
                remaining: 100_000 - done - dead - cancelled, inPerSecond: 0, outPerSecond: 15, windowSeconds: 300))
    }

    static let batches = OperatorBatchPage(
        results: [
            batch(0), batch(1, state: .ended, done: 99_900, dead: 0), batch(2, state: .ended, done: 98_000, dead: 1900),
        ], next: nil)

    // MARK: Workers

    static func running(_ number: Int) -> OperatorWorker.Running {
        .init(
            job: uuid(0x50_0000 - number * 8), kind: number % 3 == 2 ? "export" : "evaluation", queue: "evaluations",
            organization: acme, batchID: uuid(0x6000), attempt: number % 4 + 1, seconds: Double(40 - number * 3),
            timeoutSeconds: 120)
    }

    static func worker(
        _ name: String, _ condition: OperatorWorker.Condition, _ summary: String, busy: Int, beat: Double = 1,
        progress: Double? = 2
    ) -> OperatorWorker {
        OperatorWorker(
            id: name, host: "eu-1-a", pid: 4121, version: name == "w-09" ? "0.1.0" : "0.2.0",
            startedAt: now.addingTimeInterval(-273_600), condition: condition, summary: summary, slots: 16, busy: busy,
            queues: ["interactive", "evaluations", "background", "maintenance"], heartbeatSeconds: beat,
            progressSeconds: progress, memoryBytes: 25_800_000, finished: 41_203, failed: 214,
            jobs: (0..<busy).map(running))
    }

    static let workers = OperatorWorkerList(
        results: [
            worker(
                "w-10", .stuck, "It beats, yet nothing has begun or ended for 6m12s while 812 jobs wait.", busy: 3,
                progress: 372),
            worker("w-07", .working, "It runs 12 jobs; the longest has taken 40 s of 2 minutes.", busy: 12),
            worker("w-08", .idle, "Nothing waits that it could take.", busy: 0, progress: nil),
            worker("w-09", .draining, "It is being stopped and finishes 2 jobs first.", busy: 2, beat: 2),
        ], countedAt: now, complaint: nil)

    static let schedules = OperatorScheduleList(
        results: [
            schedule(0, "health canary", "@every 90s", next: 42, .finished),
            schedule(1, "retention sweep", "30 4 * * *", next: 59_000, .finished),
            schedule(2, "weekly report", "0 7 * * 1-5", next: 71_000, .dead),
            schedule(3, "export of the night", "*/15 2-5 * * *", next: 50_000, nil, paused: true),
        ], countedAt: now)

    private static func schedule(
        _ number: Int, _ name: String, _ rule: String, next: Double, _ last: OperatorJobState?, paused: Bool = false
    ) -> OperatorSchedule {
        OperatorSchedule(
            id: uuid(0x7000 + number), name: name, organization: number < 2 ? nil : acme,
            kind: name.replacing(" ", with: "_"), queue: number < 2 ? "maintenance" : "background", rule: rule,
            isPaused: paused, catchUp: number == 0 ? .none : .one, nextRunAt: now.addingTimeInterval(next),
            lastRunAt: last == nil ? nil : now.addingTimeInterval(-3600),
            lastJobID: last == nil ? nil : uuid(0x50_0000 - 4),
            lastState: last, updatedAt: now.addingTimeInterval(-86_400))
    }
}

extension OperatorJobState {
    fileprivate var isOver: Bool { self == .finished || self == .dead || self == .cancelled }
}

/// The rooms of background work.
extension Story {
    /// The list of queues.
    static func queues(
        _ size: Size = Size(columns: 80, rows: 24), charset: Charset = .unicode,
        session: OperatorSession = Samples.session,
        waiting: Int = 812
    ) -> Story {
        var story = Story.entering(.queues, size, charset: charset, session: session)
        story.answer(OperatorQueue.path, Samples.queues(evaluations: waiting))
        return story
    }

    /// The queue of evaluations, open.
    static func queue(_ size: Size = Size(columns: 80, rows: 24), charset: Charset = .unicode) -> Story {
        var story = Story.queues(size, charset: charset)
        story.press(.character("j"), Key(.enter))
        story.answer(OperatorQueue.path, Samples.queueDetail)
        return story
    }

    /// The jobs of the queue of evaluations.
    static func jobs(
        _ size: Size = Size(columns: 80, rows: 24), charset: Charset = .unicode,
        session: OperatorSession = Samples.session,
        waiting: Int = 812
    ) -> Story {
        var story = Story.queues(size, charset: charset, session: session, waiting: waiting)
        story.press(.character("j"), .character("s"))
        story.answer(OperatorJobCounts.path, Samples.jobCounts(waiting: waiting))
        story.answer(OperatorJobPage.path, Samples.jobs(0..<100))
        return story
    }

    /// A job of that list, open.
    static func job(_ number: Int, _ size: Size = Size(columns: 80, rows: 24), charset: Charset = .unicode) -> Story {
        var story = Story.jobs(size, charset: charset)
        for _ in 0..<number { story.press(.character("j")) }
        story.press(Key(.enter))
        story.answer(OperatorJobPage.path, Samples.jobDetail(Samples.job(number)))
        return story
    }

    /// What was given up, by cause.
    static func deadLetters(_ size: Size = Size(columns: 80, rows: 24), charset: Charset = .unicode) -> Story {
        var story = Story.queues(size, charset: charset)
        story.press(.character("d"))
        story.answer(OperatorDeadLetters.path, Samples.deadLetters)
        return story
    }

    /// The batches.
    static func batches(_ size: Size = Size(columns: 80, rows: 24), charset: Charset = .unicode) -> Story {
        var story = Story.queues(size, charset: charset)
        story.press(.character("b"))
        story.answer(OperatorBatch.path, Samples.batches)
        return story
    }

    /// The first batch, open.
    static func batch(_ size: Size = Size(columns: 80, rows: 24), charset: Charset = .unicode) -> Story {
        var story = Story.batches(size, charset: charset)
        story.press(Key(.enter))
        story.answer(OperatorBatch.path, Samples.batch(0))
        story.answer(OperatorDeadLetters.path, Samples.deadLetters)
        return story
    }

    /// The workers.
    static func workers(_ size: Size = Size(columns: 80, rows: 24), charset: Charset = .unicode) -> Story {
        var story = Story.entering(.workers, size, charset: charset)
        story.answer(OperatorWorker.path, Samples.workers)
        return story
    }

    /// The schedules.
    static func schedules(
        _ size: Size = Size(columns: 80, rows: 24), charset: Charset = .unicode,
        session: OperatorSession = Samples.session
    ) -> Story {
        var story = Story.entering(.workers, size, charset: charset, session: session)
        story.answer(OperatorWorker.path, Samples.workers)
        story.press(.character("t"))
        story.answer(OperatorSchedule.path, Samples.schedules)
        return story
    }
}
