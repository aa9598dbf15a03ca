using Tessera.Generators.Infra;

namespace Tessera.Generators.Sessions;

/// <summary>All that is written about one session.</summary>
/// <param name="Class">Its name, <c>NaViTSession</c>.</param>
/// <param name="Source">What it runs, as documentation says it.</param>
/// <param name="Path">The model's file, below the application's folder.</param>
/// <param name="Batch">The class of batches it takes; null where it takes none.</param>
internal sealed record SessionModel(
    string Namespace,
    string Class,
    bool IsPublic,
    string Source,
    string Path,
    string? Batch,
    EquatableList<TensorModel> Inputs,
    EquatableList<TensorModel> Outputs);

/// <summary>An input or output of a model.</summary>
/// <param name="Name">Its name in the model.</param>
/// <param name="DType">Its element type as the text form has it.</param>
/// <param name="Dims">Its sizes as text, for documentation; null where nothing is known of them.</param>
internal sealed record TensorModel(string Name, string DType, EquatableList<string>? Dims, bool IsOptional)
{
    /// <summary>The C# type of elements; null for those that have none.</summary>
    public string? Element => DType switch
    {
        "f32" => "float",
        "f64" => "double",
        "f16" => "global::System.Half",
        "bf16" => "global::Microsoft.ML.OnnxRuntime.BFloat16",
        "i8" => "sbyte",
        "i16" => "short",
        "i32" => "int",
        "i64" => "long",
        "u8" => "byte",
        "u16" => "ushort",
        "u32" => "uint",
        "u64" => "ulong",
        "bool" => "bool",
        _ => null,
    };

    public bool IsText => DType == "string";

    /// <summary>As documentation has it: <c>f32[n, 768]</c>.</summary>
    public string Type => Dims is { } dims ? $"{DType}[{string.Join(", ", dims)}]" : $"{DType}[…]";
}
