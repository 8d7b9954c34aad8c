internal import Spending
internal import Tenancy
internal import WireAPI

extension ProxyLimitReport {
    /// How limits stand, as operators get it.
    init(_ status: GovernorStatus) {
        self.init(
            isSharing: status.isSharing, awayMs: status.awayFor.map { Int($0.wholeMilliseconds) },
            waiting: status.waiting,
            places: status.places.map(Place.init))
    }
}

extension ProxyLimitReport.Place {
    fileprivate init(_ place: GovernorStatus.Place) {
        self.init(
            name: place.name, limits: ProxyLimitReport.Limits(place.limits),
            learned: ProxyLimitReport.Limits(place.learned), running: place.running, waiting: place.waiting,
            blockedMs: place.blockedFor.map { Int($0.wholeMilliseconds) }, replicas: place.proxies)
    }
}

extension ProxyLimitReport.Limits {
    fileprivate init(_ limits: CallLimits) {
        self.init(
            requestsPerMinute: limits.requestsPerMinute, tokensPerMinute: limits.tokensPerMinute,
            concurrency: limits.concurrency)
    }
}

extension ProxyKeyReport {
    /// How keys do, as operators get it.
    init(_ statuses: [KeyStatus]) {
        self.init(
            keys: statuses.map { status in
                Key(
                    id: status.key.id.uuid, name: status.key.name, state: status.key.state.rawValue,
                    weight: status.key.weight, load: status.load,
                    coolsMs: status.coolsFor.map { Int($0.wholeMilliseconds) },
                    reason: status.reason?.rawValue)
            })
    }
}
