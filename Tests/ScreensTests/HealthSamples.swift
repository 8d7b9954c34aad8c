import FoundationEssentials
import Screens
import Terminal
import WireAPI

extension Samples {
    /// What the API server has found: one thing wrong, two to look after.
    static let diagnosis = OperatorDiagnosis(
        version: "0.2.0", examinedAt: now,
        findings: [
            .init(
                .daemons, "scorable-workerd at 10.0.0.5:8083", .fail, "It did not answer.",
                remedy: "See that it runs: systemctl status scorable-workerd; its log says why it does not."),
            .init(.daemons, "scorable-evald at 10.0.0.4:8081", .ok, "Ready, version 0.2.0, 21 MiB."),
            .init(.database, "latency", .ok, "PostgreSQL answers in 0.4 ms."),
            .init(.database, "connections", .ok, "12 of 100 connections are used."),
            .init(.redis, "latency", .ok, "Redis answers in 0.1 ms."),
            .init(.storage, "put, read, remove", .ok, "/var/lib/scorable/blobs keeps what it is given (3 ms)."),
            .init(.storage, "disk of the database", .ok, "812.4 GiB of 1.8 TiB are free."),
            .init(.queues, "queue evaluations", .ok, "214 wait, 16 run, 0 given up in the last day."),
            .init(.audit, "receivers", .skipped, "The audit is sent nowhere."),
            .init(.audit, "chains", .ok, "3 chains are whole, gone over last 2 h ago."),
            .init(
                .upkeep, "backup", .warn, "The last backup is 3 days old.",
                remedy: "Make one: scorable backup create; and see why none was made by itself: scorable backup list"),
        ])

    static func instance(
        _ number: Int, _ daemon: String, host: String, version: String = "0.2.0",
        _ condition: OperatorInstance.Condition?, settings: [OperatorInstance.Setting] = []
    ) -> OperatorInstance {
        OperatorInstance(
            id: uuid(0x8000 + number), daemon: daemon, host: host, pid: 800 + number, version: version,
            startedAt: now.addingTimeInterval(-3600 * Double(number + 1)), address: "10.0.0.\(number):808\(number)",
            settings: settings, condition: condition)
    }

    private static func ready(_ mebibytes: Int64, lag: Double = 0.0004) -> OperatorInstance.Condition {
        OperatorInstance.Condition(
            .ready, complaint: nil, memoryBytes: mebibytes << 20, loopLagSeconds: lag,
            certificates: mebibytes == 45 ? [.init(listener: "public", endsAt: now.addingTimeInterval(9 * 86_400))] : []
        )
    }

    private static func setting(
        _ key: String, _ value: String?, _ source: String = "default", digest: String? = nil, isSecret: Bool = false,
        isCommon: Bool = true
    ) -> OperatorInstance.Setting {
        OperatorInstance.Setting(
            key: key, value: value, source: source, digest: digest ?? value, isSecret: isSecret, isCommon: isCommon)
    }

    private static func settings(_ number: Int, timeout: String) -> [OperatorInstance.Setting] {
        let file = "file /etc/scorable/scorable.yaml"
        return [
            setting("database.pool_size", "8"),
            setting("database.url", "postgres://scorable:‹redacted›@db/scorable", "\(file):2", digest: "d1"),
            setting("evald.internal.listen", "10.0.0.\(number):8081", "\(file):9", isCommon: false),
            setting(
                "llmproxyd.timeout", timeout, timeout == "60s" ? "default" : "environment SCORABLE_LLMPROXYD_TIMEOUT"),
            setting("log.level", "info", isCommon: false),
            setting("service_token", "‹redacted›", "\(file):4", digest: "d2", isSecret: true),
        ]
    }

    /// Five processes: one cannot work, one is silent, and one has another setting.
    static let instances = OperatorInstances(
        results: [
            .init(
                instance: instance(0, "apid", host: "eu-1", ready(45), settings: settings(0, timeout: "60s")),
                seenSeconds: 1),
            .init(
                instance: instance(1, "evald", host: "eu-1", ready(21), settings: settings(1, timeout: "60s")),
                seenSeconds: 0),
            .init(
                instance: instance(
                    2, "llmproxyd", host: "eu-1",
                    .init(
                        .unready, complaint: "running, but not ready: redis: no answer within 2.0 seconds",
                        memoryBytes: 33 << 20, loopLagSeconds: 0.003), settings: settings(2, timeout: "30s")),
                seenSeconds: 3),
            .init(instance: instance(3, "workerd", host: "eu-2", version: "0.1.9", ready(28)), seenSeconds: 2),
            .init(instance: instance(4, "workerd", host: "eu-3", ready(27)), seenSeconds: 22),
        ],
        differences: [
            .init(
                key: "llmproxyd.timeout",
                values: [
                    .init(
                        value: "60s",
                        instances: ["scorable-apid on eu-1 (pid 800)", "scorable-evald on eu-1 (pid 801)"]),
                    .init(value: "30s", instances: ["scorable-llmproxyd on eu-1 (pid 802)"]),
                ])
        ], askedAt: now, complaint: nil)

    /// A small installation with nothing wrong.
    static let wellInstances = OperatorInstances(
        results: [.init(instance: instance(1, "evald", host: "eu-1", ready(21)), seenSeconds: 0)], differences: [],
        askedAt: now, complaint: nil)
    static let wellDiagnosis = OperatorDiagnosis(
        version: "0.2.0", examinedAt: now, findings: [.init(.redis, "latency", .ok, "Redis answers in 0.1 ms.")])
}

extension Story {
    /// How the installation is.
    static func health(_ size: Size = Size(columns: 80, rows: 24), charset: Charset = .unicode) -> Story {
        var story = Story.entering(.health, size, charset: charset)
        story.answer(OperatorDiagnosis.path, Samples.diagnosis)
        story.answer(OperatorInstances.path, Samples.instances)
        return story
    }

    /// The settings of the processes.
    static func settings(_ size: Size = Size(columns: 80, rows: 24), charset: Charset = .unicode) -> Story {
        var story = Story.entering(.settings, size, charset: charset)
        story.answer(OperatorInstances.path, Samples.instances)
        return story
    }
}
