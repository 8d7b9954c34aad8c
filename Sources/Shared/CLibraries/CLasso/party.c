#include "party.h"

#include <libxml/tree.h>

/// What lasso has to say goes into the error that a call returns: whoever sends nonsense writes no log.
static void drop(const gchar *domain, GLogLevelFlags level, const gchar *message, gpointer data) {
    (void)domain;
    (void)level;
    (void)message;
    (void)data;
}

int scorable_saml_start(void) {
    const char *domains[] = {"Lasso", "lasso", "libxml2", "libxmlsec"};
    for (size_t index = 0; index < sizeof domains / sizeof *domains; index++)
        g_log_set_handler(domains[index], (GLogLevelFlags)(G_LOG_LEVEL_MASK | G_LOG_FLAG_RECURSION), drop, NULL);
    int error = lasso_init();
    // An environment variable of lasso's can turn these off.
    lasso_set_flag("verify-signature");
    lasso_set_flag("add-signature");
    lasso_set_flag("sign-messages");
    return error;
}

LassoServer *scorable_saml_server(const scorable_saml_party *party, int *error) {
    LassoServer *server =
        lasso_server_new_from_buffers(party->metadata, party->private_key, NULL, party->certificate);
    if (server == NULL) {
        *error = LASSO_SERVER_ERROR_ADD_PROVIDER_FAILED;
        return NULL;
    }
    server->signature_method = LASSO_SIGNATURE_METHOD_RSA_SHA256;
    *error = lasso_server_add_provider_from_buffer(
        server, LASSO_PROVIDER_ROLE_IDP, party->provider_metadata, NULL, NULL);
    if (*error == 0 && lasso_server_get_provider(server, party->provider) == NULL)
        *error = LASSO_SERVER_ERROR_PROVIDER_NOT_FOUND;
    if (*error == 0) return server;
    lasso_server_destroy(server);
    return NULL;
}

int scorable_saml_check(const scorable_saml_party *party) {
    int error = 0;
    LassoServer *server = scorable_saml_server(party, &error);
    if (server != NULL) lasso_server_destroy(server);
    return error;
}

void scorable_saml_take(LassoProfile *profile, LassoNode *node, scorable_saml_message *message) {
    message->url = g_strdup(profile->msg_url);
    message->body = g_strdup(profile->msg_body);
    message->id = LASSO_IS_SAMLP2_REQUEST_ABSTRACT(node) ? g_strdup(LASSO_SAMLP2_REQUEST_ABSTRACT(node)->ID) : NULL;
}

char *scorable_saml_element_text(xmlNode *element) {
    char *text = NULL;
    xmlBuffer *buffer = xmlBufferCreate();
    // The copy brings the namespaces along that are declared further out.
    xmlDoc *document = xmlNewDoc((const xmlChar *)"1.0");
    xmlNode *copy = xmlDocCopyNode(element, document, 1);
    if (copy != NULL) {
        xmlDocSetRootElement(document, copy);
        if (xmlNodeDump(buffer, document, copy, 0, 0) > 0) text = g_strdup((const char *)xmlBufferContent(buffer));
    }
    xmlFreeDoc(document);
    xmlBufferFree(buffer);
    return text;
}

const char *scorable_saml_reason(int error) { return lasso_strerror(error); }

void scorable_saml_free(char *text) { g_free(text); }
