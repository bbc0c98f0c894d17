package org.dietsb.trainer.script;

/** Rejects a TorchScript file. The message is one short line of printable characters, whatever the file contains. */
public final class ScriptRefusedException extends Exception {
    private static final long serialVersionUID = 1L;
    private static final int LONGEST_QUOTE = 80;

    ScriptRefusedException(String message) {
        super(message);
    }

    /** Rejects content that neither torch.jit.script nor torch.jit.trace writes. */
    static ScriptRefusedException unknown(String where, String what) {
        return new ScriptRefusedException("modelFile has content that this trainer does not know, at " + quoted(where)
                + ": " + quoted(what) + ". Save the network with torch.jit.save");
    }

    /** Rejects an operator. */
    static ScriptRefusedException operator(String name) {
        return new ScriptRefusedException("modelFile uses operator " + quoted(name)
                + ", which is not among those that networks need, so it is not run: see \"Models of your own\" in the"
                + " README of trainer-service");
    }

    /** Returns text of the file, shortened and without characters that are not printable ASCII. */
    private static String quoted(String text) {
        String printable = text.replaceAll("[^ -~]", "?");
        return printable.length() <= LONGEST_QUOTE ? printable : printable.substring(0, LONGEST_QUOTE) + "..";
    }
}
