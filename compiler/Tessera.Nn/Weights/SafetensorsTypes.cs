using System.Collections.Frozen;
using Tessera.Ir;

namespace Tessera.Nn.Weights;

/// <summary>Names of element types in safetensors headers; the 6-bit floats have no counterpart in ONNX.</summary>
internal static class SafetensorsTypes
{
    private static readonly FrozenDictionary<string, DType> s_byName = new Dictionary<string, DType>
    {
        ["BOOL"] = DType.Bool,
        ["U8"] = DType.U8,
        ["I8"] = DType.I8,
        ["U16"] = DType.U16,
        ["I16"] = DType.I16,
        ["U32"] = DType.U32,
        ["I32"] = DType.I32,
        ["U64"] = DType.U64,
        ["I64"] = DType.I64,
        ["F16"] = DType.F16,
        ["BF16"] = DType.BF16,
        ["F32"] = DType.F32,
        ["F64"] = DType.F64,
        ["C64"] = DType.C64,
        ["F4"] = DType.F4E2M1,
        ["F8_E4M3"] = DType.F8E4M3FN,
        ["F8_E5M2"] = DType.F8E5M2,
        ["F8_E8M0"] = DType.F8E8M0,
        ["F8_E4M3FNUZ"] = DType.F8E4M3FNUZ,
        ["F8_E5M2FNUZ"] = DType.F8E5M2FNUZ,
    }.ToFrozenDictionary();

    private static readonly FrozenDictionary<DType, string> s_byType = s_byName.ToFrozenDictionary(static p => p.Value, static p => p.Key);

    public static bool TryParse(string name, out DType type) => s_byName.TryGetValue(name, out type);

    public static string? Name(DType type) => s_byType.GetValueOrDefault(type);
}
