using System.Diagnostics.CodeAnalysis;
using System.Globalization;

namespace Tessera.Runtime;

/// <summary>Where a session runs its model: the CPU, which is the default, or a CUDA device.</summary>
/// <example><code>
/// using ModelSession session = new("model.onnx", Device.Cuda(0));
/// </code></example>
public readonly record struct Device
{
    private const string CpuName = "cpu", CudaName = "cuda";

    // The complement of a CUDA device's number: below 0, so that what nobody has set is the CPU.
    private readonly int _complement;

    private Device(int complement) => _complement = complement;

    /// <summary>The CPU.</summary>
    public static Device Cpu => default;

    /// <summary>Whether it is a CUDA device.</summary>
    public bool IsCuda => _complement < 0;

    /// <summary>The CUDA device's number; 0 for the CPU.</summary>
    public int Number => IsCuda ? ~_complement : 0;

    /// <summary>
    /// A CUDA device. A session on it needs a driver of CUDA 12.0 or newer, the package <c>Microsoft.ML.OnnxRuntime.Gpu</c>, and, for
    /// Tessera's kernels, compute capability 8.0 or more.
    /// </summary>
    /// <param name="number">The device's number, from 0.</param>
    /// <exception cref="TesseraRuntimeException">TSR0705: it is below 0.</exception>
    public static Device Cuda(int number = 0) =>
        number >= 0 ? new(~number) : throw RuntimeErrors.BadOption(nameof(ModelSessionOptions.Device), number, "the number of a CUDA device, 0 or more");

    /// <summary>Reads <c>cpu</c>, <c>cuda</c> or <c>cuda:1</c>.</summary>
    public static bool TryParse([NotNullWhen(true)] string? text, out Device device)
    {
        device = default;
        if (text is CpuName)
            return true;
        if (text is not CudaName && text?.StartsWith(CudaName + ":", StringComparison.Ordinal) is not true)
            return false;
        var number = 0;
        if (text.Length > CudaName.Length && !int.TryParse(text.AsSpan(CudaName.Length + 1), NumberStyles.None, CultureInfo.InvariantCulture, out number))
            return false;
        device = Cuda(number);
        return true;
    }

    /// <summary>As <see cref="TryParse"/> reads it.</summary>
    public override string ToString() => IsCuda ? string.Create(CultureInfo.InvariantCulture, $"{CudaName}:{Number}") : CpuName;
}
