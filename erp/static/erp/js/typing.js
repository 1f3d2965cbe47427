/** Whether keys are text where they are pressed: fields take them, boxes that are ticked and buttons do not. */
export const typing = (target) => target.closest("input:not([type=checkbox], [type=radio], [type=button], [type=submit], [type=file]), textarea, select, [contenteditable]");
