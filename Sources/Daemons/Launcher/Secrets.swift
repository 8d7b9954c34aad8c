internal import Cryptography
internal import FoundationEssentials
internal import SystemCalls

/// The secrets and certificates of a private installation; what exists is kept.
struct InstallationSecrets {
    let state: StateDirectory

    /// Makes what is missing.
    func make() throws {
        try once(state.secret("service_token")) { Base64URL.encode(randomBytes(32)) }
        try once(state.secret("credential_secret")) { Base64URL.encode(randomBytes(48)) }
        try once(state.secret("proxy_private_key")) { try SealedBox.KeyPair.generate().privateKeyPEM() }
        try makeCertificates()
        try makeBundle()
    }

    /// What clients are told to trust in place of the machine's own list, so that list is in it: they speak to other
    /// servers as well. Made at every start, since the machine's list changes.
    private func makeBundle() throws {
        let trusted = "/etc/ssl/certs/ca-certificates.crt"
        let machine = FileContents.exists(trusted) ? try FileContents.read(trusted, limit: 8 << 20) : []
        let ours = try FileContents.read(state.certificateAuthority)
        try FileWriting.write(machine + ours, to: state.certificateBundle, mode: 0o644)
    }

    /// A certification authority of our own and a certificate for this machine, which clients on it are told to trust.
    private func makeCertificates() throws {
        let certificate = "\(state.path)/tls/server.pem"
        guard !FileContents.exists(certificate) else { return }
        let now = Date()
        let authority = try CertificateAuthority.generate(commonName: "Scorable private CA", now: now)
        let issued = try authority.issue(for: ["localhost", "127.0.0.1", "::1"], now: now)
        try FileWriting.write(issued.privateKeyPEM, to: "\(state.path)/tls/server.key", mode: 0o600)
        try FileWriting.write(authority.root.certificatePEM, to: state.certificateAuthority, mode: 0o644)
        // Last: its presence says that the others are there. The authority's key is not kept: nothing else is issued.
        try FileWriting.write(issued.certificatePEM, to: certificate, mode: 0o644)
    }

    private func once(_ path: String, _ make: () throws -> String) throws {
        guard !FileContents.exists(path) else { return }
        try FileWriting.write(try make() + "\n", to: path, mode: 0o600)
    }
}
