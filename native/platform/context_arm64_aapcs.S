// The switch for arm64 with the AAPCS64 calling convention (ELF).
//
// FPCR is not switched: in this ABI it belongs to the program, not to a call.

        .text

// void unblock_switch_context(void** save_sp, void* load_sp)
// Both stacks hold the same frame, so the unwind rules hold on either side of
// the load.
        .globl  unblock_switch_context
        .hidden unblock_switch_context
        .type   unblock_switch_context, %function
        .p2align 4
unblock_switch_context:
        .cfi_startproc
        hint    #34             // bti c, in the spelling every assembler knows
        sub     sp, sp, #160
        .cfi_def_cfa_offset 160
        stp     x19, x20, [sp, #0]
        stp     x21, x22, [sp, #16]
        stp     x23, x24, [sp, #32]
        stp     x25, x26, [sp, #48]
        stp     x27, x28, [sp, #64]
        stp     x29, x30, [sp, #80]
        // Of v8-v15 the lower halves alone are callee-saved.
        stp     d8,  d9,  [sp, #96]
        stp     d10, d11, [sp, #112]
        stp     d12, d13, [sp, #128]
        stp     d14, d15, [sp, #144]
        .cfi_offset x19, -160
        .cfi_offset x20, -152
        .cfi_offset x21, -144
        .cfi_offset x22, -136
        .cfi_offset x23, -128
        .cfi_offset x24, -120
        .cfi_offset x25, -112
        .cfi_offset x26, -104
        .cfi_offset x27, -96
        .cfi_offset x28, -88
        .cfi_offset x29, -80
        .cfi_offset x30, -72
        .cfi_offset d8, -64
        .cfi_offset d9, -56
        .cfi_offset d10, -48
        .cfi_offset d11, -40
        .cfi_offset d12, -32
        .cfi_offset d13, -24
        .cfi_offset d14, -16
        .cfi_offset d15, -8

        mov     x9, sp          // sp cannot be stored directly
        str     x9, [x0]
        mov     sp, x1

        ldp     x19, x20, [sp, #0]
        ldp     x21, x22, [sp, #16]
        ldp     x23, x24, [sp, #32]
        ldp     x25, x26, [sp, #48]
        ldp     x27, x28, [sp, #64]
        ldp     x29, x30, [sp, #80]
        ldp     d8,  d9,  [sp, #96]
        ldp     d10, d11, [sp, #112]
        ldp     d12, d13, [sp, #128]
        ldp     d14, d15, [sp, #144]
        add     sp, sp, #160
        .cfi_def_cfa_offset 0
        .cfi_restore x19
        .cfi_restore x20
        .cfi_restore x21
        .cfi_restore x22
        .cfi_restore x23
        .cfi_restore x24
        .cfi_restore x25
        .cfi_restore x26
        .cfi_restore x27
        .cfi_restore x28
        .cfi_restore x29
        .cfi_restore x30
        .cfi_restore d8
        .cfi_restore d9
        .cfi_restore d10
        .cfi_restore d11
        .cfi_restore d12
        .cfi_restore d13
        .cfi_restore d14
        .cfi_restore d15
        // Not br: branch target identification would want a landing mark at
        // every place that is resumed.
        ret
        .cfi_endproc
        .size   unblock_switch_context, . - unblock_switch_context

// Entered by the ret above with x19 = entry, x20 = argument, x29 = 0.
        .globl  unblock_context_entry
        .hidden unblock_context_entry
        .type   unblock_context_entry, %function
        .p2align 4
        .cfi_startproc
        // Nobody called this: every unwinder stops here.
        .cfi_undefined x30
        // Unwinders look a return address up one byte early, and this function
        // is one without ever having called.
        nop
unblock_context_entry:
        mov     x0, x20
        blr     x19
        // The entry function returned, to nowhere.
        brk     #0
        .cfi_endproc
        .size   unblock_context_entry, . - unblock_context_entry

// "This file lands its indirect branches on bti": without the note the linker
// would take the protection from the whole add-on.
        .section .note.gnu.property, "a"
        .p2align 3
        .word   4               // size of the name
        .word   16              // size of the description
        .word   5               // NT_GNU_PROPERTY_TYPE_0
        .asciz  "GNU"
        .word   0xc0000000      // GNU_PROPERTY_AARCH64_FEATURE_1_AND
        .word   4               // size of the value
        .word   1               // BTI
        .word   0               // padding

        .section .note.GNU-stack, "", %progbits
