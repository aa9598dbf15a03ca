using Tessera.Ir;
using Tessera.Ir.Ops;

namespace Tessera.Onnx;

/// <summary>Transforms along an axis that is not named.</summary>
internal static class SignalTranslations
{
    public static IEnumerable<Translation> All => [new("DFT", AlongSignal) { Since = 20 }];

    // The axis is an input; without it, it is the last but that of the real and imaginary part.
    private static IReadOnlyList<Value?>? AlongSignal(NodeView node) => node[2] is not null ? null :
    [
        node.Emit(new Dft(node.Operand(0), node[1]) { Axis = -2, Inverse = node.Int("inverse", 0) != 0, Onesided = node.Int("onesided", 0) != 0 }),
    ];
}
