using Google.Protobuf;
using Tessera.Onnx.Proto;

namespace Tessera.Testing.Malformed;

/// <summary>A file that a hostile or broken exporter could write.</summary>
/// <param name="Name">What is wrong with it.</param>
/// <param name="Code">The error that refuses it; null where it is odd and reads fine.</param>
/// <param name="Write">Writes it, and what lies beside it, into a folder.</param>
public sealed record MalformedCase(string Name, string? Code, Action<string> Write)
{
    /// <summary>Name of the model in its folder.</summary>
    public const string File = "hostile.onnx";

    public MalformedCase(string name, string? code, ModelProto model)
        : this(name, code, folder => Save(folder, model.ToByteArray()))
    {
        Model = model;
    }

    /// <summary>The model, where it is a message and nothing beside it.</summary>
    public ModelProto? Model { get; }

    /// <summary>A case of bytes that no message gives.</summary>
    public static MalformedCase Raw(string name, string? code, Func<byte[]> bytes) => new(name, code, folder => Save(folder, bytes()));

    /// <summary>A case with a file beside the model.</summary>
    public static MalformedCase Beside(string name, string? code, ModelProto model, Action<string> beside) => new(name, code, folder =>
    {
        beside(folder);
        Save(folder, model.ToByteArray());
    });

    /// <summary>All cases.</summary>
    public static IReadOnlyList<MalformedCase> All { get; } =
        [.. NameCases.All, .. TensorCases.All, .. SparseCases.All, .. ExternalCases.All, .. NestingCases.All, .. BombCases.All, .. ExpertCases.All, .. WireCases.All];

    public override string ToString() => Name;

    private static void Save(string folder, byte[] bytes) => System.IO.File.WriteAllBytes(Path.Combine(folder, File), bytes);
}
