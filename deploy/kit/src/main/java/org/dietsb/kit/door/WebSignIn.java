package org.dietsb.kit.door;

import io.vertx.ext.web.RoutingContext;
import org.jspecify.annotations.Nullable;

/**
 * Sign-in of a service's own web pages, where the browser sends the token other than in the {@code Authorization} header. A service
 * without pages provides no such bean.
 */
public interface WebSignIn {
    /** Returns the token that the browser sends with this request, or null if there is none or it does not apply to the request. */
    @Nullable
    String token(RoutingContext request);

    /** Returns the location of the sign-in form if this is a request for a page, and null for any other request. */
    @Nullable
    String form(RoutingContext request);
}
