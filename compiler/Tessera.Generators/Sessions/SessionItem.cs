using Tessera.Generators.Infra;

namespace Tessera.Generators.Sessions;

/// <summary>One <c>OnnxModel</c> item of the project.</summary>
/// <param name="Include">Type name of an entry module, or the path of a file.</param>
/// <param name="Batch"><c>single</c>, <c>dense</c>, <c>padded</c> or <c>packed</c>.</param>
/// <param name="DType">Compute type of a module.</param>
/// <param name="Path">Where the model lies below the application's folder.</param>
internal sealed record SessionItem(string Name, string Include, string Batch, string DType, string Path)
{
    private const int Fields = 6;

    public bool IsFile => Include.EndsWith(".onnx", StringComparison.OrdinalIgnoreCase);

    /// <summary>
    /// Reads the property by which the build tells its items: models divided by <c>|</c>, fields by <c>,</c>, percent signs before what else is no letter or digit.
    /// Those that ask for no session are left out, and what another version may have written.
    /// </summary>
    public static EquatableList<SessionItem> Read(string? property) => (property ?? "").Split(['|'], StringSplitOptions.RemoveEmptyEntries)
        .Select(static model => model.Split(',').Select(Uri.UnescapeDataString).ToArray())
        .Where(static f => f.Length == Fields && !f[5].Equals("false", StringComparison.OrdinalIgnoreCase))
        .Select(static f => new SessionItem(f[0], f[1], Or(f[2], "single"), Or(f[3], "f32"), f[4]))
        .ToEquatableList();

    // An empty value is none, for the tool as well.
    private static string Or(string value, string none) => value.Length == 0 ? none : value.ToLowerInvariant();
}
