#include "party.h"

/// Replaces one of lasso's texts.
static void set(char **text, const char *value) {
    g_free(*text);
    *text = g_strdup(value);
}

static int build_request(
    LassoLogin *login, const scorable_saml_party *party, const char *callback, int is_posted, int is_forced,
    const char *relay_state) {
    int error = lasso_login_init_authn_request(
        login, party->provider, is_posted ? LASSO_HTTP_METHOD_POST : LASSO_HTTP_METHOD_REDIRECT);
    if (error != 0) return error;
    LassoProfile *profile = LASSO_PROFILE(login);
    LassoSamlp2AuthnRequest *request = LASSO_SAMLP2_AUTHN_REQUEST(profile->request);
    request->ForceAuthn = is_forced != 0;
    request->IsPassive = FALSE;
    // Whatever the identity provider names people by: which attribute is the address is ours to say.
    if (request->NameIDPolicy != NULL) {
        set(&request->NameIDPolicy->Format, "urn:oasis:names:tc:SAML:1.1:nameid-format:unspecified");
        request->NameIDPolicy->AllowCreate = TRUE;
    }
    set(&request->ProtocolBinding, LASSO_SAML2_METADATA_BINDING_POST);
    // Some identity providers know no indexes.
    set(&request->AssertionConsumerServiceURL, callback);
    request->AssertionConsumerServiceIndex = -1;
    set(&profile->msg_relayState, relay_state);
    return lasso_login_build_authn_request_msg(login);
}

int scorable_saml_request_login(
    const scorable_saml_party *party, const char *callback, int is_posted, int is_forced, const char *relay_state,
    scorable_saml_message *message) {
    int error = 0;
    LassoServer *server = scorable_saml_server(party, &error);
    if (server == NULL) return error;
    LassoLogin *login = lasso_login_new(server);
    error = build_request(login, party, callback, is_posted, is_forced, relay_state);
    if (error == 0) scorable_saml_take(LASSO_PROFILE(login), LASSO_PROFILE(login)->request, message);
    lasso_login_destroy(login);
    lasso_server_destroy(server);
    return error;
}
