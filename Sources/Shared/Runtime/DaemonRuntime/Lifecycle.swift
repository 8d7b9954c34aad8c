internal import EventLoop
internal import HTTPServer
internal import HTTPServing
internal import Logging
internal import Observability
internal import SystemCalls

/// One life of a daemon, from its parts being put together to the last of them being stopped. On a loop.
struct Lifecycle<Values: Sendable>: Sendable {
    /// What happens to a daemon.
    enum Event: Sendable {
        /// All its parts run.
        case started([RunningListener])
        /// SIGTERM or SIGINT.
        case terminate(Int32)
        /// SIGHUP.
        case reload
        /// It could not start, or a part of it is gone.
        case failed(any Error)
    }

    let settings: DaemonSettings
    /// The name of the settings section that has the listeners.
    let section: String
    let composition: Composition<Values>
    let supervisor: Supervisor
    let events: AsyncStream<Event>
    let feed: AsyncStream<Event>.Continuation
    let certificates: CertificateFigures
    /// Reads the settings again.
    let reread: @Sendable () throws -> Values

    private var logger: Logger { composition.logger }

    /// How long parts may take to free what they hold when the grace period is over.
    private static var lastSteps: Duration { .seconds(10) }
    /// How often the service manager is told how the daemon is.
    private static var standingInterval: Duration { .seconds(5) }
    /// How long after the start what only the start needed is let go: the first rounds of all parts are over then.
    private static var settlingTime: Duration { .seconds(10) }

    /// Runs until an event ends it. False when it could not start or had to stop by itself; the log says why.
    func run() async -> Bool {
        let progress = LoopProgress(composition.loops)
        let readiness = Readiness(composition.checks, logger: logger)
        composition.condition.follow(readiness, progress, certificates)
        progress.start()
        defer { progress.stop() }
        let watchdog = feedWatchdog(progress)
        defer { watchdog?.cancel() }
        let standing = tellStanding(readiness)
        defer { standing?.cancel() }
        composition.metrics.gauge(
            "scorable_ready", "1 while this process is ready for work: it runs, and what it depends on is well."
        ) { readiness.isReady ? 1 : 0 }
        composition.metrics.gauge(
            "scorable_degraded",
            "1 while this process is ready, and something that it can do without is not well; else 0."
        ) { readiness.isDegraded ? 1 : 0 }
        let looking = Loop.current?.spawn { await readiness.keepLooking() }
        defer { looking?.cancel() }
        let settling = Loop.current?.spawn { await settle(readiness) }
        defer { settling?.cancel() }
        return await withTaskGroup(of: Started.self) { group in
            // Beside the events, so that a start that waits for something can be given up.
            group.addTask { await start(progress, readiness) }
            let isWanted = await follow(readiness)
            group.cancelAll()
            readiness.enter(.draining)
            standing?.cancel()
            supervisor.tell(
                .stopping, .needsTime(settings.drainDelay + settings.gracePeriod + Self.lastSteps),
                .status("finishing what has begun, for at most \(settings.gracePeriod)"), logger: logger)
            for await started in group { await stop(started, hurried: !isWanted) }
            return isWanted
        }
    }

    // MARK: Starting

    /// What runs, in the order in which it was started.
    private struct Started: Sendable {
        /// The internal one, and that of this process alone.
        var internalListeners: [RunningListener] = []
        var services: [Service] = []
        var listeners: [RunningListener] = []
    }

    /// A listener that accepts.
    struct RunningListener: Sendable, CustomStringConvertible {
        let name: String
        let settings: ListenerSettings
        let listener: HTTPListener
        let pipeline: RequestPipeline

        var description: String {
            guard case .tcp(let host, 0) = settings.address else { return "\(name) on \(settings.address)" }
            return "\(name) on \(ListenAddress.tcp(address: host, port: listener.port))"
        }
    }

    /// Starts everything and reports the outcome as an event; returns what runs then.
    private func start(_ progress: LoopProgress, _ readiness: Readiness) async -> Started {
        var started = Started()
        do {
            try await start(&started, progress, readiness)
            feed.yield(.started(started.internalListeners + started.listeners))
        } catch is CancellationError {
            logger.debug("the start was given up")
        } catch {
            feed.yield(.failed(error))
        }
        return started
    }

    /// The internal listener comes first, so that probes are answered while the parts start; the others come last.
    private func start(_ started: inout Started, _ progress: LoopProgress, _ readiness: Readiness) async throws {
        let health = HealthRoutes(
            progress: progress, complaints: composition.complaints, readiness: readiness, metrics: composition.metrics)
        var routes = health.router
        for router in composition.internalRoutes { routes.include(router) }
        let mappings = composition.internalMapping
        for (name, address) in [("internal", settings.internalListener), ("instance", settings.instanceListener)] {
            let plan = PlannedListener(
                name: name, settings: address, router: routes,
                mapping: { error in mappings.lazy.compactMap { $0(error) }.first })
            if let running = try await listen(plan) { started.internalListeners.append(running) }
        }
        for service in composition.services {
            try Task.checkCancellation()
            supervisor.tell(.status("starting: \(service.name)"), logger: logger)
            do {
                try await service.start()
            } catch {
                throw error is CancellationError ? error : DaemonFailure.part(service.name, error)
            }
            started.services.append(service)
            logger.debug("part started", metadata: ["part": .string(service.name)])
        }
        for var plan in composition.listeners {
            if plan.answersProbes { plan.router.include(health.probes) }
            if let running = try await listen(plan) { started.listeners.append(running) }
        }
        warnOfIdleSockets()
    }

    /// Who connects to a socket that nobody accepts from waits for ever.
    private func warnOfIdleSockets() {
        let used = Set(
            ([settings.internalListener, settings.instanceListener] + composition.listeners.map(\.settings))
                .map(\.address.description))
        for name in supervisor.sockets.keys.sorted() where !used.contains("fd:\(name)") {
            logger.warning(
                "a socket of the service manager is not used: stop its unit, or let a listener be fd:NAME",
                metadata: ["socket": .string(name)])
        }
    }

    private func listen(_ plan: PlannedListener) async throws -> RunningListener? {
        let setting = "\(section).\(plan.name)"
        guard var listenerSettings = try plan.settings.server(sockets: supervisor.sockets, setting: setting) else {
            return nil
        }
        // Routes that say how long a body may be mean it; the others are held to the listener's limit by the pipeline.
        let longest = plan.router.routes.compactMap(\.options.bodyLimit).max() ?? 0
        listenerSettings.limits.bodyBytes = max(listenerSettings.limits.bodyBytes, longest)
        var options = plan.settings.pipelineOptions(name: plan.name)
        options.trustedProxies = composition.trustedProxies
        let pipeline = RequestPipeline(plan.router, options, in: composition.surroundings, mapping: plan.mapping)
        let listener = HTTPListener(
            settings: listenerSettings, loops: composition.loops, refusal: { pipeline.refuse($0) },
            handler: { await pipeline.handle($0) })
        do {
            try await listener.start()
        } catch {
            throw DaemonFailure.listener(plan.name, plan.settings.address, setting: setting + ".listen", error)
        }
        if let identity = listenerSettings.tls { certificates.show(identity.certificatePEM, at: plan.name) }
        return RunningListener(name: plan.name, settings: plan.settings, listener: listener, pipeline: pipeline)
    }

    // MARK: Running

    /// Returns true when the daemon is told to end, false when it cannot go on.
    private func follow(_ readiness: Readiness) async -> Bool {
        var listeners: [RunningListener] = []
        for await event in events {
            switch event {
            case .started(let running):
                listeners = running
                readiness.enter(.running)
                supervisor.tell(.ready, .status(readiness.standing), logger: logger)
                logger.notice("ready", metadata: ["listeners": .array(listeners.map { .string($0.description) })])
            case .terminate(let signal):
                logger.notice("asked to stop", metadata: ["signal": .stringConvertible(signal)])
                return true
            case .reload: await reload(listeners)
            case .failed(let error):
                logger.critical("cannot go on", metadata: ["reason": "\(error)"])
                return false
            }
        }
        return true
    }

    /// A settings file with a mistake changes nothing.
    private func reload(_ listeners: [RunningListener]) async {
        do {
            let new = try reread()
            // The files stay where they are; what is in them is renewed. All is read before anything is changed.
            var identities: [(RunningListener, TLSIdentity)] = []
            for running in listeners {
                guard let files = running.settings.tls else { continue }
                identities.append((running, try files.load("\(section).\(running.name)")))
            }
            for body in composition.reloads { try await body(new) }
            for (running, identity) in identities {
                try await running.listener.reload(identity)
                certificates.show(identity.certificatePEM, at: running.name)
            }
            logger.notice("settings read again")
        } catch {
            logger.error("the old settings stay in force", metadata: ["reason": "\(error)"])
        }
    }

    private func feedWatchdog(_ progress: LoopProgress) -> Task<Void, Never>? {
        guard let interval = supervisor.watchdogInterval else { return nil }
        return Repetition.start(every: interval / 3) { [supervisor, logger, complaints = composition.complaints] in
            guard progress.stalled(for: interval).isEmpty, complaints.allSatisfy({ $0() == nil }) else { return }
            supervisor.tell(.alive, logger: logger)
        }
    }

    /// Says again and again how the daemon is, to whoever asks the service manager.
    private func tellStanding(_ readiness: Readiness) -> Task<Void, Never>? {
        guard supervisor.isThere, let loop = Loop.current else { return nil }
        return loop.spawn { [supervisor, logger] in
            var told = ""
            while !Task.isCancelled {
                do {
                    try await loop.sleep(for: Self.standingInterval)
                } catch {
                    return  // Cancelled.
                }
                _ = await readiness.report()
                guard readiness.phase == .running else { continue }
                let standing = readiness.standing
                guard standing != told, !Task.isCancelled else { continue }
                supervisor.tell(.status(standing), logger: logger)
                told = standing
            }
        }
    }

    /// Gives back what only the start needed.
    private func settle(_ readiness: Readiness) async {
        do {
            repeat { try await Loop.current?.sleep(for: Self.settlingTime) } while readiness.phase == .starting
            try ProgramText.letGo()
        } catch is CancellationError {
            return
        } catch {
            logger.debug("the text of the start stays mapped", metadata: ["reason": "\(error)"])
        }
    }

    // MARK: Stopping

    /// Not ready → no more accepting and leasing → finish what runs → free what is held. The internal listeners refuse
    /// the work of other daemons from the beginning, and close last, so that probes and metrics see all of it. Those whose
    /// socket the service manager keeps close like the others: who connects there then waits for the next process, or is
    /// served by another one that has the socket, too.
    private func stop(_ started: Started, hurried: Bool) async {
        let deadline = Deadline.after(settings.drainDelay + settings.gracePeriod)
        if !hurried, settings.drainDelay > .zero {
            do {
                try await Loop.current?.sleep(for: settings.drainDelay)
            } catch {
                logger.debug("the drain delay was cut short")
            }
        }
        await withTaskGroup(of: Void.self) { group in
            for running in started.listeners + started.internalListeners.filter(\.settings.address.isInherited) {
                group.addTask { await running.listener.drain(within: deadline.remaining ?? .zero) }
            }
            for running in started.internalListeners where !running.settings.address.isInherited {
                group.addTask { await running.pipeline.drain(within: deadline.remaining ?? .zero) }
            }
        }
        for service in started.services.reversed() {
            await service.stop(deadline.remaining ?? .zero)
            logger.debug("part stopped", metadata: ["part": .string(service.name)])
        }
        for running in started.internalListeners { await running.listener.drain(within: .seconds(1)) }
        logger.notice("stopped", metadata: ["within_grace_period": .stringConvertible(!deadline.hasPassed)])
    }
}
