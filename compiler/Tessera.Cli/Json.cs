using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Tessera.Cli;

/// <summary>Results as JSON: camel case, indented, nothing that depends on when or where it ran.</summary>
internal static class Json
{
    private static readonly JsonSerializerOptions s_options = new()
    {
        WriteIndented = true,
        PropertyNamingPolicy = JsonNamingPolicy.CamelCase,
        NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, // shapes and formulas stay readable; it is no part of a page
    };

    public static void Write(Terminal terminal, object value) => terminal.Output.WriteLine(JsonSerializer.Serialize(value, s_options));

    /// <summary>The same as a file, UTF-8.</summary>
    public static void Save(string path, object value) => File.WriteAllText(path, JsonSerializer.Serialize(value, s_options) + Environment.NewLine);
}
