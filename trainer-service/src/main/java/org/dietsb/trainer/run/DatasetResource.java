package org.dietsb.trainer.run;

import io.quarkiverse.resteasy.problem.HttpProblem;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import javax.imageio.ImageIO;
import org.dietsb.trainer.dataset.DatasetCard;
import org.dietsb.trainer.dataset.DatasetCatalog;
import org.dietsb.trainer.dataset.DatasetException;
import org.dietsb.trainer.dataset.ImageSet;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;

/** The datasets this trainer knows, and their training images. */
@Path("/datasets")
@Tag(name = "datasets")
public class DatasetResource {
    private final DatasetCatalog catalog;
    private final Map<String, ImageSet> opened = new ConcurrentHashMap<>();

    DatasetResource(TrainerConfig config) {
        this.catalog = new DatasetCatalog(config.home());
    }

    @GET
    @Produces(MediaType.APPLICATION_JSON)
    @Operation(summary = "Every dataset, and whether it is here")
    public List<DatasetCard> all() {
        return catalog.list();
    }

    @GET
    @Path("/{name}/examples/{index}.png")
    @Produces("image/png")
    @Operation(summary = "A training image", description = "By its place in the unpruned training set, from 0.")
    public byte[] example(@PathParam("name") String name, @PathParam("index") int index) throws IOException {
        ImageSet images = images(name);
        if (index < 0 || index >= images.count()) {
            throw problem("index is " + index + ", allowed is [0, " + images.count() + ")");
        }
        BufferedImage picture = new BufferedImage(images.width(), images.height(), BufferedImage.TYPE_INT_RGB);
        int plane = images.width() * images.height();
        int start = index * images.channels() * plane;
        for (int i = 0; i < plane; i++) {
            int red = images.pixels()[start + i] & 0xFF;
            int green = images.channels() == 1 ? red : images.pixels()[start + plane + i] & 0xFF;
            int blue = images.channels() == 1 ? red : images.pixels()[start + 2 * plane + i] & 0xFF;
            picture.setRGB(i % images.width(), i / images.width(), red << 16 | green << 8 | blue);
        }
        ByteArrayOutputStream png = new ByteArrayOutputStream();
        ImageIO.write(picture, "png", png);
        return png.toByteArray();
    }

    private ImageSet images(String name) {
        boolean here = catalog.list().stream().anyMatch(card -> card.name().equals(name) && card.available());
        if (!here) {
            throw problem("name is " + name + ", which is no dataset that is here");
        }
        return opened.computeIfAbsent(name, missing -> {
            try {
                return catalog.open(missing, null, 0).train();
            } catch (DatasetException unreadable) {
                throw problem(String.valueOf(unreadable.getMessage()));
            }
        });
    }

    private static HttpProblem problem(String detail) {
        return HttpProblem.builder()
                .withStatus(Response.Status.NOT_FOUND)
                .withTitle("No such image")
                .withDetail(detail)
                .build();
    }
}
