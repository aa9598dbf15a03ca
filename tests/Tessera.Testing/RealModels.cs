using Xunit;

namespace Tessera.Testing;

/// <summary>Models of others with their weights, which <c>.ci/fetch-test-data</c> fetches; the repository does not hold them.</summary>
public static class RealModels
{
    /// <summary>All six files.</summary>
    public static IReadOnlyList<string> Files { get; } =
    [
        "ch_PP-OCRv4_det_infer.onnx", "ch_PP-OCRv4_rec_infer.onnx", "ch_ppocr_mobile_v2.0_cls_infer.onnx",
        "silero_vad_legacy.onnx", "silero_vad_v5.onnx", "silero_vad_v6.onnx",
    ];

    /// <summary>The path of a model; skips the calling test with the reason where it is not there.</summary>
    public static string Require(string file)
    {
        string path = Path.Combine(Repository.Root, "artifacts", "test-data", "models", file);
        Skip.If(!File.Exists(path), $"{file} is not there; .ci/fetch-test-data fetches it");
        return path;
    }
}
