package import EventLoop
package import FoundationEssentials
internal import Jobs
internal import Operations
internal import Queueing
internal import Tenancy
internal import WireAPI

/// What `scorable queue` does, with the rights of whoever can read the settings.
package struct QueueAdministration: Sendable {
    private let product: QueueProduct
    let actor: AuditActor
    private let form: Form

    /// How answers are printed.
    package enum Form: Sendable {
        /// In columns, for people.
        case text
        /// As the internal API answers, for programs.
        case json
    }

    /// - Throws: `SettingsError` when the settings file does not say where the stores are.
    package init(_ installation: Installation, on loops: LoopGroup, form: Form = .text) throws {
        let administration = try Administration(installation, on: loops)
        product = administration.queueProduct
        actor = installation.actor
        self.form = form
    }

    // MARK: Looking

    package func list() async throws -> String {
        form.text(of: try await product.queues.list(for: actor, eventsThrough: nil), \.text)
    }

    package func show(_ name: String) async throws -> String {
        form.text(of: try await product.queues.find(name, window: .hour, for: actor), \.text)
    }

    package func jobs(_ words: FilterWords, oldestFirst: Bool, limit: Int, behind place: UUID?)
        async throws -> String
    {
        let page = try await told {
            try await product.jobs.page(
                words.filter, oldestFirst ? .oldest : .newest, behind: place.map(JobID.init(uuid:)),
                limit: limit,
                for: actor)
        }
        let shape = OperatorJobPage(
            results: page.rows, next: page.next?.description, eventsThrough: nil,
            searchedThrough: page.searchedThrough)
        return form.text(of: shape, \.text)
    }

    package func job(_ id: UUID) async throws -> String {
        form.text(of: try await product.details.find(JobID(uuid: id), for: actor), \.text)
    }

    package func dead(in queue: String?) async throws -> String {
        form.text(of: try await product.jobs.deadLetters(in: queue, of: nil, for: actor), \.text)
    }

    package func workers() async throws -> String {
        form.text(of: try await product.workers.list(for: actor), \.text)
    }

    package func schedules() async throws -> String {
        form.text(of: try await product.schedules.list(for: actor), \.text)
    }

    /// What a recount of batches found, and whether everything adds up.
    package func check() async throws -> (text: String, isRight: Bool) {
        let check = try await product.check.perform(for: actor)
        return (form.text(of: check, \.text), check.isRight)
    }

    // MARK: Steering jobs

    /// How many jobs an order would be carried out on.
    package func plan(_ order: JobOrder, on target: JobTarget) async throws -> JobOrderPlan {
        let change = try order.change
        let moment = try await product.actions.moment()
        let count =
            switch target {
            case .named(let ids): ids.count
            case .matching(let words):
                try await told {
                    try await product.actions.count(change, words.filter, at: moment, for: actor)
                }
            }
        return JobOrderPlan(change: change, target: target, moment: moment, count: count)
    }

    /// Carries out an order on what was counted.
    package func carryOut(_ plan: JobOrderPlan) async throws -> JobOrderReport {
        var done = 0
        switch plan.target {
        case .named(let ids):
            for start in stride(from: 0, to: ids.count, by: JobActions.step) {
                let step = ids[start..<min(start + JobActions.step, ids.count)].map(JobID.init(uuid:))
                done += try await product.actions.act(plan.change, on: step, by: actor).count
            }
        case .matching(let words):
            var place: JobID?
            repeat {
                let step = try await product.actions.step(
                    plan.change, words.filter, at: plan.moment, behind: place, by: actor)
                done += step.changed.count
                place = step.next
            } while place != nil
        }
        return JobOrderReport(done: done, missed: max(0, plan.count - done))
    }

    /// A filter that cannot be meant so is told as such.
    private func told<Value>(_ body: () async throws -> Value) async throws -> Value {
        do {
            return try await body()
        } catch let error as OperatorInvalidParameter {
            throw LauncherFailure("\(error.name) must be \(error.expected).")
        }
    }

    // MARK: Controls and schedules

    /// Decides something about a subject, which without a kind before it is a queue, and says what holds now.
    package func control(
        _ subject: String, isPaused: Bool?, concurrency: Int?, weight: Int?, perMinute: Int?
    ) async throws -> String {
        let receipt = try await product.controls.change(
            OperatorQueueControlChange(
                subject: subject.contains(":") ? subject : "queue:\(subject)", isPaused: isPaused,
                concurrency: concurrency, weight: weight, perMinute: perMinute), by: actor)
        return
            "\(receipt.control.subject) is \(receipt.control.words); before it was \(receipt.before.words).\n"
    }

    package func pauseSchedule(_ name: String) async throws -> String {
        let schedule = try await product.schedules.pause(try await schedule(name), by: actor)
        return "\(schedule.name) is paused.\n"
    }

    package func resumeSchedule(_ name: String) async throws -> String {
        let schedule = try await product.schedules.resume(try await schedule(name), by: actor)
        return "\(schedule.name) goes on at \(schedule.nextRunAt.formatted(.iso8601)).\n"
    }

    package func runSchedule(_ name: String) async throws -> String {
        let run = try await product.schedules.run(try await schedule(name), by: actor)
        return "\(run.jobID.uuidString.lowercased())\n"
    }

    private func schedule(_ name: String) async throws -> ScheduleID {
        guard
            let found = try await product.schedules.list(for: actor).results.first(where: {
                $0.name == name
            })
        else {
            throw LauncherFailure("There is no schedule \(name). See: scorable queue schedules")
        }
        return ScheduleID(uuid: found.id)
    }
}
