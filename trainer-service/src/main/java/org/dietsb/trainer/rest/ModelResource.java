package org.dietsb.trainer.rest;

import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.MediaType;
import java.util.List;
import org.dietsb.trainer.model.ModelCatalog;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;

/** The networks that this trainer knows. */
@Path("/models")
@Tag(name = "models")
@Produces(MediaType.APPLICATION_JSON)
public class ModelResource {

    /** A network by its name. */
    public record ModelCard(String name) {}

    @GET
    @Operation(operationId = "listModels", summary = "All networks that an order may name")
    public List<ModelCard> all() {
        return ModelCatalog.names().stream().map(ModelCard::new).toList();
    }
}
