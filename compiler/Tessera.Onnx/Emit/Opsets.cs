namespace Tessera.Onnx;

/// <summary>Which IR version goes with which opset (the ONNX releases that brought both).</summary>
internal static class Opsets
{
    /// <summary>First IR version with overloads of functions and metadata of nodes.</summary>
    public const long Overloads = 10;

    public static long IrVersion(int opset) => opset switch
    {
        <= 18 => 8,
        <= 20 => 9,
        <= 22 => 10,
        23 => 11,
        24 => 12,
        _ => 13,
    };
}
