package org.dietsb.trainer.dataset;

import java.util.List;

/** Where the datasets are downloaded from. */
final class DatasetSources {
    private DatasetSources() {}

    /**
     * Returns the files to download, with size and SHA-256 as the checksum lists of TensorFlow Datasets state them, of the files whose
     * MD5 torchvision states.
     */
    static List<Download.Source> of(DatasetCatalog.Entry entry) {
        String toronto = "https://www.cs.toronto.edu/~kriz/";
        // The publisher's repository, since the address in its README offers no TLS.
        String zalando = "https://raw.githubusercontent.com/zalandoresearch/fashion-mnist/master/data/fashion/";
        String stanford = "https://ufldl.stanford.edu/housenumbers/";
        String mnist = "https://ossci-datasets.s3.amazonaws.com/mnist/";
        return switch (entry) {
            case CIFAR10 ->
                List.of(new Download.Source(
                        toronto + "cifar-10-binary.tar.gz",
                        170_052_171,
                        "c4a38c50a1bc5f3a1c5537f2155ab9d68f9f25eb1ed8d9ddda3db29a59bca1dd"));
            case CIFAR100 ->
                List.of(new Download.Source(
                        toronto + "cifar-100-binary.tar.gz",
                        168_513_733,
                        "58a81ae192c23a4be8b1804d68e518ed807d710a4eb253b1f2a199162a40d8ec"));
            case FASHION_MNIST ->
                List.of(
                        new Download.Source(
                                zalando + "train-images-idx3-ubyte.gz",
                                26_421_880,
                                "3aede38d61863908ad78613f6a32ed271626dd12800ba2636569512369268a84"),
                        new Download.Source(
                                zalando + "train-labels-idx1-ubyte.gz",
                                29_515,
                                "a04f17134ac03560a47e3764e11b92fc97de4d1bfaf8ba1a3aa29af54cc90845"),
                        new Download.Source(
                                zalando + "t10k-images-idx3-ubyte.gz",
                                4_422_102,
                                "346e55b948d973a97e58d2351dde16a484bd415d4595297633bb08f03db6a073"),
                        new Download.Source(
                                zalando + "t10k-labels-idx1-ubyte.gz",
                                5_148,
                                "67da17c76eaffca5446c3361aaab5c3cd6d1c2608764d35dfb1850b086bf8dd5"));
            case MNIST ->
                List.of(
                        new Download.Source(
                                mnist + "train-images-idx3-ubyte.gz",
                                9_912_422,
                                "440fcabf73cc546fa21475e81ea370265605f56be210a4024d2ca8f203523609"),
                        new Download.Source(
                                mnist + "train-labels-idx1-ubyte.gz",
                                28_881,
                                "3552534a0a558bbed6aed32b30c495cca23d567ec52cac8be1a0730e8010255c"),
                        new Download.Source(
                                mnist + "t10k-images-idx3-ubyte.gz",
                                1_648_877,
                                "8d422c7b0a1c1c79245a5bcf07fe86e33eeafee792b84584aec276f5a2dbc4e6"),
                        new Download.Source(
                                mnist + "t10k-labels-idx1-ubyte.gz",
                                4_542,
                                "f7ae60f92e00ec6debd23a6088c31dbd2371eca3ffa0defaefb259924204aec6"));
            case SVHN ->
                List.of(
                        new Download.Source(
                                stanford + "train_32x32.mat",
                                182_040_794,
                                "435e94d69a87fde4fd4d7f3dd208dfc32cb6ae8af2240d066de1df7508d083b8"),
                        new Download.Source(
                                stanford + "test_32x32.mat",
                                64_275_384,
                                "cdce80dfb2a2c4c6160906d0bd7c68ec5a99d7ca4831afa54f09182025b6a75b"));
            case FASHION_MINI, MNIST_IDX, FOLDER -> List.of();
        };
    }
}
