internal import EventLoop
package import FoundationEssentials
internal import HTTPTransfer
internal import Scoring
internal import Tenancy
internal import WireAPI

/// What the LLM proxies know at a moment, each by itself.
struct ProxyReadings: Sendable {
    /// What one of them knows.
    struct Reading: Sendable {
        /// Its address.
        let proxy: String
        let deployments: [ProxyDeployment]
        let limits: ProxyLimitReport
    }

    let readings: [Reading]
    let proxies: OperatorProxies

    /// What each proxy knows of a model at a place.
    func deployments(at place: ProxyPlace, upstreamModel: String) -> [(proxy: String, deployment: ProxyDeployment)] {
        readings.flatMap { reading in
            reading.deployments.filter { place.isPlace(of: $0) && $0.model == upstreamModel }
                .map { (reading.proxy, $0) }
        }
    }

    /// The models at a place that some proxy has met.
    func models(at place: ProxyPlace) -> Set<String> {
        Set(readings.flatMap { reading in reading.deployments.filter(place.isPlace(of:)).map(\.model) })
    }

    /// What the proxies know of a limit, by the name it has there.
    func limits(named name: String) -> [ProxyLimitReport.Place] {
        readings.flatMap { $0.limits.places.filter { $0.name == name } }
    }
}

/// A place as the proxies name it: a provider, or a model with an address of its own.
struct ProxyPlace: Sendable, Hashable {
    let id: UUID
    /// The demonstration is known there by its name.
    var isDemonstration = false

    /// The name that the demonstration has in the proxy.
    private static let demonstration = "demo"

    func isPlace(of deployment: ProxyDeployment) -> Bool {
        isDemonstration ? deployment.place == Self.demonstration : deployment.place == id.uuidString.lowercased()
    }
}

/// Asks all proxies how they do. What they said is shown for a moment to all who ask.
package struct ProxyWatch: Sendable {
    let client: LLMProxyClient
    private let now: @Sendable () -> Date
    private let recent: RecentValues<Bool, ProxyReadings>

    /// `moment` is for how long what they said is shown; `now` is the wall clock.
    package init(client: LLMProxyClient, for moment: Duration, now: @escaping @Sendable () -> Date) {
        self.client = client
        self.now = now
        recent = RecentValues(lifetime: moment, limit: 1)
    }

    /// What they know now. That none of them answers is a finding.
    func readings() async throws -> ProxyReadings {
        let found = try await recent.value(of: true) { try await ask() }
        guard let found else { preconditionFailure("what is asked is there") }
        return found
    }

    /// What the proxies know of the keys of a provider; nothing of those that do not answer.
    func keys(of provider: ProviderID) async throws -> [ProxyKeyReport.Key] {
        let path = ProxyKeyReport.pattern.replacing("{id}", with: provider.description)
        var found: [ProxyKeyReport.Key] = []
        for reading in try await readings().readings {
            do {
                let report: ProxyKeyReport = try await client.get(path, at: reading.proxy)
                found += report.keys
            } catch is LLMProxyUnavailable {
                continue
            }
        }
        return found
    }

    private func ask() async throws -> ProxyReadings {
        let moment = now()
        let answers = try await withThrowingTaskGroup(of: (Int, Result<Answer, LLMProxyUnavailable>).self) { group in
            for (number, address) in client.addresses.enumerated() {
                group.addTask { (number, try await answer(of: address)) }
            }
            var answers: [(Int, Result<Answer, LLMProxyUnavailable>)] = []
            for try await answer in group { answers.append(answer) }
            return answers.sorted { $0.0 < $1.0 }.map(\.1)
        }
        var readings: [ProxyReadings.Reading] = []
        var replicas: Set<UUID> = []
        var complaint: String?
        for answer in answers {
            switch answer {
            // Two addresses may lead to the same one.
            case .success(let answer): if replicas.insert(answer.replica).inserted { readings.append(answer.reading) }
            case .failure(let error): complaint = complaint ?? error.description
            }
        }
        return ProxyReadings(
            readings: readings,
            proxies: OperatorProxies(
                known: client.addresses.count, answering: readings.count, complaint: complaint, askedAt: moment))
    }

    private struct Answer: Sendable {
        let replica: UUID
        let reading: ProxyReadings.Reading
    }

    private func answer(of address: String) async throws -> Result<Answer, LLMProxyUnavailable> {
        do {
            async let limits: ProxyLimitReport = client.get(ProxyLimitReport.path, at: address)
            let list: ProxyDeploymentList = try await client.get(ProxyDeployment.path, at: address)
            return .success(
                Answer(
                    replica: list.replica,
                    reading: ProxyReadings.Reading(
                        proxy: address, deployments: list.deployments, limits: try await limits)))
        } catch let error as LLMProxyUnavailable {
            return .failure(error)
        }
    }
}
