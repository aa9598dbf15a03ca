using Tessera.Ir.Batching;
using Tessera.Ir.Evaluate;
using Tessera.Ir.Evaluate.Images;
using Tessera.Ir.Onnx;

namespace Tessera.Ir.Ops;

/// <summary>The bytes of an image file, <c>u8[n]</c>, as its pixels, <c>u8[height, width, channels]</c>. The reference reads BMP, PNM, PNG, JPEG and TIFF; whoever runs it may read more.</summary>
[Op("image_decoder")]
public sealed partial record ImageDecoder(Value X) : Op
{
    /// <summary><c>RGB</c>, <c>BGR</c> or <c>Grayscale</c>, of one channel.</summary>
    public string PixelFormat { get; init; } = "RGB";

    public override IReadOnlyList<IrType> InferTypes(InferContext context)
    {
        if (X.DType != DType.U8 || context.ShapeOf(X).Rank != 1 || PixelFormat is not ("RGB" or "BGR" or "Grayscale"))
        {
            throw context.Error("TSR0203", $"it takes the bytes of a file, u8[n], and the format RGB, BGR or Grayscale; it is given {X.Type} and {PixelFormat}.");
        }

        return [new TensorType(DType.U8, [context.Fresh(0, 0), context.Fresh(0, 1), PixelFormat == "Grayscale" ? 1 : 3])];
    }

    public override IReadOnlyList<RefValue> Evaluate(EvalContext context)
    {
        PixelImage image = ImageFiles.Read([.. context.Tensor(0).I.Select(static v => (byte)v)]) ?? throw context.Error("no reader here knows the file.");
        int channels = PixelFormat == "Grayscale" ? 1 : 3;
        long[] pixels = new long[image.Width * image.Height * channels];
        for (int i = 0; i < image.Width * image.Height; i++)
        {
            (byte r, byte g, byte b) = image[i];
            if (channels == 1)
            {
                // Luma of BT.601 in 16 bits, as image libraries round it.
                pixels[i] = image.IsGray ? r : ((r * 19595) + (g * 38470) + (b * 7471) + 0x8000) >> 16;
                continue;
            }

            (pixels[3 * i], pixels[(3 * i) + 1], pixels[(3 * i) + 2]) = PixelFormat == "RGB" ? (r, g, b) : (b, g, r);
        }

        return [RefTensor.Ints(DType.U8, [image.Height, image.Width, channels], pixels)];
    }

    public override IReadOnlyList<Batched> Batch(BatchContext context) => throw context.Mixes("images of different sizes have no batch");

    internal static OnnxMapping Onnx { get; } = OnnxMapping.Simple("ImageDecoder", 20, OnnxAttr.Of("pixel_format"));

    internal static IEnumerable<OpSample> Samples() =>
    [
        Sample("gray", "Grayscale", "P5 2 1 255\n", 7, 200),
        Sample("colours", "BGR", "P6 1 2 255\n", 1, 2, 3, 4, 5, 6),
    ];

    private static OpSample Sample(string name, string format, string head, params byte[] pixels)
    {
        byte[] file = [.. System.Text.Encoding.ASCII.GetBytes(head), .. pixels];
        return new OpSample(name, g => [g.ImageDecoder(g.Constant(TensorContent.FromBytes(DType.U8, [file.Length], file)), format)])
        {
            NoRuntime = "ONNX Runtime has no kernel of it.",
        };
    }
}
