/// What a tenant that waits has, and what would be its part.
struct TenantShare: Sendable, Hashable {
    let running: Int
    let weight: Int

    /// Half the sum of the differences between the shares that tenants have and those by their weights: 0 when all have
    /// what is theirs, towards 1 when one of many has it all.
    static func imbalance(of tenants: [TenantShare]) -> Double {
        let running = tenants.reduce(0) { $0 + $1.running }
        let weight = tenants.reduce(0) { $0 + $1.weight }
        guard tenants.count > 1, running > 0, weight > 0 else { return 0 }
        return tenants.reduce(0) { sum, tenant in
            sum + abs(Double(tenant.running) / Double(running) - Double(tenant.weight) / Double(weight))
        } / 2
    }
}
