package import Settings
package import Tenancy

extension PublicAddress {
    /// Reads where browsers reach the installation, which the API server and the administration tool have to agree on.
    package init(from root: SettingsScope) throws(SettingsError) {
        self = try root.section("deployment").value(
            "public_address", Self.setting, default: Self.localhost,
            help: """
                Where browsers and identity providers reach the public listener of the API server: links are made of it, and \
                what SAML compares. With http:// the cookies of its pages are not bound to TLS: for trying out.
                """)
    }

    private static let setting = SettingKind<PublicAddress>(
        expected: "an address such as https://scorable.example.com", text: \.description,
        parse: { PublicAddress($0) })
}
