package org.dietsb.trainer.rest;

import io.quarkiverse.resteasy.problem.HttpProblem;
import jakarta.ws.rs.DefaultValue;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.QueryParam;
import jakarta.ws.rs.core.CacheControl;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.lang.ref.SoftReference;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import javax.imageio.ImageIO;
import org.dietsb.kit.door.Refused;
import org.dietsb.trainer.TrainerConfig;
import org.dietsb.trainer.dataset.Dataset;
import org.dietsb.trainer.dataset.DatasetCard;
import org.dietsb.trainer.dataset.DatasetCatalog;
import org.dietsb.trainer.dataset.DatasetException;
import org.dietsb.trainer.dataset.ImageSet;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.enums.SchemaType;
import org.eclipse.microprofile.openapi.annotations.media.Content;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.eclipse.microprofile.openapi.annotations.responses.APIResponse;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;
import org.jspecify.annotations.Nullable;

/** The datasets that this trainer knows, and their training images. */
@Path("/datasets")
@Tag(name = "datasets")
public class DatasetResource {
    private static final int DAY_SECONDS = 86_400;

    private final DatasetCatalog catalog;
    private final Fingerprints fingerprints;
    /** Kept as long as the memory is not needed otherwise. */
    private final Map<String, SoftReference<Dataset>> opened = new ConcurrentHashMap<>();

    DatasetResource(TrainerConfig config) {
        this.catalog = new DatasetCatalog(config.home());
        this.fingerprints = new Fingerprints(catalog);
    }

    @GET
    @Produces(MediaType.APPLICATION_JSON)
    @Operation(operationId = "listDatasets", summary = "All datasets, and whether each is available on this trainer")
    public List<DatasetCard> all() {
        return catalog.list();
    }

    @GET
    @Path("/{name}/classes")
    @Produces(MediaType.APPLICATION_JSON)
    @Operation(
            operationId = "listClasses",
            summary = "The names of a dataset's classes, in the order of their labels, from 0")
    @APIResponse(
            responseCode = "200",
            content = @Content(schema = @Schema(type = SchemaType.ARRAY, implementation = String.class)))
    @APIResponse(responseCode = "404", description = "no such dataset on this trainer")
    public List<String> classes(@PathParam("name") String name) {
        return dataset(name).classNames();
    }

    @GET
    @Path("/{name}/examples/{index}.png")
    @Produces("image/png")
    @Operation(
            operationId = "getImage",
            summary = "A training image",
            description =
                    "By its index in the unpruned training set, from 0; without augmentation. Only available data is read, none"
                            + " is downloaded. With a fingerprint, the data, up to the limit if there is one, must have that fingerprint.")
    @APIResponse(
            responseCode = "200",
            content = @Content(mediaType = "image/png", schema = @Schema(type = SchemaType.STRING, format = "binary")))
    @APIResponse(responseCode = "404", description = "no such image on this trainer")
    @APIResponse(responseCode = "409", description = "the data on this trainer has another fingerprint")
    public Response example(
            @PathParam("name") String name,
            @PathParam("index") int index,
            @QueryParam("fingerprint") @Nullable String fingerprint,
            @QueryParam("limit") @DefaultValue("0") int limit)
            throws IOException {
        ImageSet images = dataset(name).train();
        int count = limit > 0 ? Math.min(limit, images.count()) : images.count();
        if (index < 0 || index >= count) {
            throw problem(Response.Status.NOT_FOUND, "index is " + index + ", allowed is [0, " + count + ")");
        }
        if (fingerprint != null) {
            String here = fingerprint(name, count < images.count() ? count : 0);
            if (!fingerprint.equals(here)) {
                throw problem(
                        Response.Status.CONFLICT,
                        "fingerprint is " + fingerprint + ", the " + count + " examples of " + name
                                + " on this trainer have " + here);
            }
        }
        CacheControl cache = new CacheControl();
        cache.setPrivate(true);
        cache.setNoTransform(false);
        cache.setMaxAge(fingerprint == null ? DAY_SECONDS : 365 * DAY_SECONDS);
        return Response.ok(png(images, index)).cacheControl(cache).build();
    }

    private static byte[] png(ImageSet images, int index) throws IOException {
        BufferedImage picture = new BufferedImage(images.width(), images.height(), BufferedImage.TYPE_INT_RGB);
        int plane = images.width() * images.height();
        byte[] pixels = images.image(index);
        for (int i = 0; i < plane; i++) {
            int red = pixels[i] & 0xFF;
            int green = images.channels() == 1 ? red : pixels[plane + i] & 0xFF;
            int blue = images.channels() == 1 ? red : pixels[2 * plane + i] & 0xFF;
            picture.setRGB(i % images.width(), i / images.width(), red << 16 | green << 8 | blue);
        }
        ByteArrayOutputStream png = new ByteArrayOutputStream();
        ImageIO.write(picture, "png", png);
        return png.toByteArray();
    }

    private String fingerprint(String name, int limit) {
        try {
            return fingerprints.of(name, limit);
        } catch (DatasetException unreadable) {
            throw problem(Response.Status.NOT_FOUND, String.valueOf(unreadable.getMessage()));
        }
    }

    private Dataset dataset(String name) {
        boolean here = catalog.list().stream().anyMatch(card -> card.name().equals(name) && card.available());
        if (!here) {
            throw problem(Response.Status.NOT_FOUND, "name is " + name + ", which is not a dataset on this trainer");
        }
        SoftReference<Dataset> kept = opened.get(name);
        Dataset dataset = kept == null ? null : kept.get();
        if (dataset == null) {
            try {
                dataset = catalog.open(name, null, 0);
            } catch (DatasetException unreadable) {
                throw problem(Response.Status.NOT_FOUND, String.valueOf(unreadable.getMessage()));
            }
            opened.put(name, new SoftReference<>(dataset));
        }
        return dataset;
    }

    private static HttpProblem problem(Response.Status status, String detail) {
        String title = status == Response.Status.NOT_FOUND ? "Not on this trainer" : "Another dataset";
        return Refused.as(status, title, detail);
    }
}
