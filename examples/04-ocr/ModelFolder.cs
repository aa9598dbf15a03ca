namespace Ocr;

/// <summary>Where the models stand.</summary>
public static class ModelFolder
{
    public const string Detection = "ch_PP-OCRv4_det_infer.onnx";
    public const string Recognition = "ch_PP-OCRv4_rec_infer.onnx";
    public const string Angle = "ch_ppocr_mobile_v2.0_cls_infer.onnx";
    public const string Letters = "ppocr_keys_v1.txt";

    /// <summary>The folder given, or the one that a script of the repository fills; null where they are in neither.</summary>
    public static string? Find(string? given)
    {
        if (given is not null)
        {
            return IsFull(given) ? given : null;
        }

        for (DirectoryInfo? folder = new(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            string models = Path.Combine(folder.FullName, "artifacts", "test-data", "models");
            if (IsFull(models))
            {
                return models;
            }
        }

        return null;
    }

    private static bool IsFull(string folder) => new[] { Detection, Recognition, Angle, Letters }.All(f => File.Exists(Path.Combine(folder, f)));
}
