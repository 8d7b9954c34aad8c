/// Where attempts to sign in come from, as they are counted and remembered: an address of IPv4, or of IPv6 the network of 64
/// bits, which is what one line or machine is given.
package struct SignInOrigin: Sendable, Hashable, CustomStringConvertible {
    package let description: String

    /// Of an address as sockets name peers. What is no address stands for itself.
    package init(_ address: String) {
        description = NetworkAddress(address).map { "\($0.masked(to: 64))" } ?? String(address.prefix(100))
    }
}
