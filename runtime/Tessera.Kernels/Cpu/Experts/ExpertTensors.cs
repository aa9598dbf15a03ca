using Tessera.Kernels.Interop;

namespace Tessera.Kernels.Cpu.Experts;

/// <summary>A tail that is constants of the model.</summary>
internal readonly ref struct ConstantTail(KernelInfo info, int first) : IExpertTail
{
    private readonly KernelInfo _info = info;

    public int Count => _info.InputCount - first;

    public TensorView this[int index] => _info.TryConstant(first + index, out TensorView tensor) ? tensor : default;

    public static bool IsConstant(KernelInfo info, int first)
    {
        int count = info.InputCount;
        for (int i = first; i < count; i++)
        {
            if (!info.TryConstant(i, out _))
                return false;
        }

        return true;
    }
}

/// <summary>A tail that comes with the call.</summary>
internal readonly ref struct CallTail(KernelContext context, int first) : IExpertTail
{
    private readonly KernelContext _context = context;

    public int Count => _context.InputCount - first;

    public TensorView this[int index] => _context.Input(first + index);
}
