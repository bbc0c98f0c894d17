package org.dietsb.system;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.StringWriter;
import java.net.MalformedURLException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import javax.tools.JavaCompiler;
import javax.tools.StandardJavaFileManager;
import javax.tools.ToolProvider;
import org.openapitools.codegen.DefaultGenerator;
import org.openapitools.codegen.config.CodegenConfigurator;

/** Clients in Java that OpenAPI Generator makes from the documents of services, and code that uses them. */
final class GeneratedClients {
    private final Path folder;

    /**
     * Creates none yet.
     *
     * @param folder for sources and classes
     */
    GeneratedClients(Path folder) {
        this.folder = folder;
    }

    /** Generates the client of a service, in package {@code client.SERVICE}; fails if the document is not valid. */
    void generate(String service, String address) {
        CodegenConfigurator settings = new CodegenConfigurator()
                .setGeneratorName("java")
                .setLibrary("native")
                .setInputSpec(address + "/q/openapi?format=json")
                .setOutputDir(folder.resolve(service).toString())
                .setInvokerPackage("client." + service)
                .setApiPackage("client." + service + ".api")
                .setModelPackage("client." + service + ".model")
                .setValidateSpec(true)
                .setAdditionalProperties(Map.of("openApiNullable", "false", "useJakartaEe", "true"));
        for (String part : List.of("apis", "models", "supportingFiles")) {
            settings.addGlobalProperty(part, "");
        }
        for (String part : List.of("apiDocs", "apiTests", "modelDocs", "modelTests")) {
            settings.addGlobalProperty(part, "false");
        }
        assertThat(new DefaultGenerator(false).opts(settings.toClientOptInput()).generate())
                .isNotEmpty();
    }

    /** Compiles the clients with a source that uses them, and returns its class. */
    Class<?> compile(Path user) throws IOException, ClassNotFoundException {
        List<Path> sources;
        try (Stream<Path> files = Files.walk(folder)) {
            sources = Stream.concat(files.filter(file -> file.toString().endsWith(".java")), Stream.of(user))
                    .toList();
        }
        Path classes = Files.createDirectories(folder.resolve("classes"));
        JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
        StringWriter complaints = new StringWriter();
        try (StandardJavaFileManager manager = compiler.getStandardFileManager(null, null, null)) {
            boolean done = compiler.getTask(
                            complaints,
                            manager,
                            null,
                            List.of("-proc:none", "-nowarn", "-d", classes.toString()),
                            null,
                            manager.getJavaFileObjectsFromPaths(sources))
                    .call();
            assertThat(done).as(complaints.toString()).isTrue();
        }
        return new URLClassLoader(new URL[] {url(classes)}, getClass().getClassLoader())
                .loadClass(user.getFileName().toString().replace(".java", ""));
    }

    private static URL url(Path classes) throws MalformedURLException {
        return classes.toUri().toURL();
    }
}
