// The switch for x86-64 with the System V calling convention.
//
// No CET note on purpose: one object file without it keeps the shadow stack
// off for the process, and a jump to another stack would trip it.

        .text

// void unblock_switch_context(void** save_sp, void* load_sp)
// Both stacks hold the same frame, so the unwind rules hold on either side of
// the load.
        .globl  unblock_switch_context
        .hidden unblock_switch_context
        .type   unblock_switch_context, @function
        .p2align 4
unblock_switch_context:
        .cfi_startproc
        pushq   %rbp
        .cfi_adjust_cfa_offset 8
        .cfi_rel_offset %rbp, 0
        pushq   %rbx
        .cfi_adjust_cfa_offset 8
        .cfi_rel_offset %rbx, 0
        pushq   %r12
        .cfi_adjust_cfa_offset 8
        .cfi_rel_offset %r12, 0
        pushq   %r13
        .cfi_adjust_cfa_offset 8
        .cfi_rel_offset %r13, 0
        pushq   %r14
        .cfi_adjust_cfa_offset 8
        .cfi_rel_offset %r14, 0
        pushq   %r15
        .cfi_adjust_cfa_offset 8
        .cfi_rel_offset %r15, 0
        subq    $8, %rsp
        .cfi_adjust_cfa_offset 8
        // The ABI makes the control bits callee-saved like any register.
        stmxcsr (%rsp)
        fnstcw  4(%rsp)

        movq    %rsp, (%rdi)
        movq    %rsi, %rsp

        ldmxcsr (%rsp)
        fldcw   4(%rsp)
        addq    $8, %rsp
        .cfi_adjust_cfa_offset -8
        popq    %r15
        .cfi_adjust_cfa_offset -8
        .cfi_restore %r15
        popq    %r14
        .cfi_adjust_cfa_offset -8
        .cfi_restore %r14
        popq    %r13
        .cfi_adjust_cfa_offset -8
        .cfi_restore %r13
        popq    %r12
        .cfi_adjust_cfa_offset -8
        .cfi_restore %r12
        popq    %rbx
        .cfi_adjust_cfa_offset -8
        .cfi_restore %rbx
        popq    %rbp
        .cfi_adjust_cfa_offset -8
        .cfi_restore %rbp
        // The processor predicts where a ret goes by the call that it matches.
        // Nearly always both stacks have called from the same place, so what
        // was called on the one predicts the returns on the other.
        ret
        .cfi_endproc
        .size   unblock_switch_context, . - unblock_switch_context

// Entered by the ret above with rbx = entry, r12 = argument, rbp = 0.
        .globl  unblock_context_entry
        .hidden unblock_context_entry
        .type   unblock_context_entry, @function
        .p2align 4
        .cfi_startproc
        // Nobody called this: every unwinder stops here.
        .cfi_undefined %rip
        // Unwinders look a return address up one byte early, and this function
        // is one without ever having called.
        nop
unblock_context_entry:
        movq    %r12, %rdi
        callq   *%rbx
        // The entry function returned, to nowhere.
        ud2
        .cfi_endproc
        .size   unblock_context_entry, . - unblock_context_entry

        .section .note.GNU-stack, "", @progbits
